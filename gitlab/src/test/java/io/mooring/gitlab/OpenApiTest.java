package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.GitLabUnderTest.Running;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** The description of the REST API against the API itself. */
@ExtendWith(GitLabUnderTest.class)
class OpenApiTest {
  private static final Pattern MISSING = Pattern.compile("([a-z_]+) is missing");

  @Test
  void isValid(Running gitlab) {
    String text = gitlab.anonymous().get("/api/v4/openapi.json").expect(200).body();

    SwaggerParseResult result = new OpenAPIV3Parser().readContents(text, null, new ParseOptions());
    OpenAPI document = result.getOpenAPI();

    assertThat(result.getMessages()).isEmpty();
    assertThat(document.getPaths()).hasSizeGreaterThan(60);
    assertThat(document.getPaths()).containsKey("/projects/{id}/cluster_agents");
    List<String> identifiers =
        document.getPaths().values().stream()
            .flatMap(path -> path.readOperations().stream())
            .map(operation -> operation.getOperationId())
            .toList();
    assertThat(identifiers).doesNotHaveDuplicates();
  }

  @Test
  void namesEveryRouteAndSaysWhatItDoes(Running gitlab) {
    JsonNode paths = document(gitlab).path("paths");
    Set<String> described = new TreeSet<>();
    paths
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(operation -> {
                  if (operation.getValue().has("summary")) {
                    described.add(
                        operation.getKey().toUpperCase(java.util.Locale.ROOT)
                            + " /api/v4"
                            + path.getKey());
                  }
                }));

    Set<String> routes = new TreeSet<>();
    for (String route : Routes.of(gitlab)) {
      if (route.contains(" /api/v4/")) {
        if (route.contains("{kind:projects|groups}")) {
          routes.add(route.replace("{kind:projects|groups}", "projects"));
          routes.add(route.replace("{kind:projects|groups}", "groups"));
        } else {
          routes.add(route);
        }
      }
    }
    assertThat(described).containsExactlyElementsOf(routes);
  }

  /** What a handler calls missing when nothing is sent must be there, as required. */
  @Test
  void declaresWhatHandlersRequire(Running gitlab) {
    long project = gitlab.newProject("private");
    long group = gitlab.newGroup();
    long agent = gitlab.newAgent(project);
    JsonNode paths = document(gitlab).path("paths");
    List<String> problems = new ArrayList<>();
    paths
        .properties()
        .forEach(path -> {
          for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
            String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
            if (method.equals("DELETE")
                || path.getKey().endsWith("/block")
                || path.getKey().endsWith("/transfer")) {
              continue;
            }
            String address =
                "/api/v4"
                    + path.getKey()
                        .replaceFirst("^/projects/\\{id}", "/projects/" + project)
                        .replaceFirst("^/groups/\\{id}", "/groups/" + group)
                        .replace("{agentId}", Long.toString(agent))
                        .replace("{id}", "1")
                        .replaceAll("\\{\\w+}", "1");
            Api caller = path.getKey().startsWith("/internal/") ? gitlab.kas() : gitlab.root();
            String body = method.equals("GET") ? "" : "{}";
            Matcher missing = MISSING.matcher(caller.send(method, address, body).body());
            while (missing.find()) {
              if (!required(operation.getValue()).contains(missing.group(1))) {
                problems.add(method + " " + path.getKey() + ": " + missing.group(1));
              }
            }
          }
        });

    assertThat(problems).isEmpty();
  }

  /** Lists carry the headers of paging that the document promises (gitlab-side.md 3). */
  @Test
  void answersListsWithTheHeadersOfPages(Running gitlab) {
    long project = gitlab.newProject("private");
    for (int i = 0; i < 3; i++) {
      gitlab.newAgent(project);
    }

    Api.Answer answer =
        gitlab.root().get("/api/v4/projects/" + project + "/cluster_agents?per_page=2&page=1");

    JsonNode promised =
        document(gitlab)
            .path("paths")
            .path("/projects/{id}/cluster_agents")
            .path("get")
            .path("responses")
            .path("200")
            .path("headers");
    promised
        .propertyNames()
        .forEach(name ->
            assertThat(answer.headers().map())
                .containsKey(name.toLowerCase(java.util.Locale.ROOT)));
    assertThat(answer.header("X-Total")).isEqualTo("3");
    assertThat(answer.header("X-Total-Pages")).isEqualTo("2");
    assertThat(answer.header("X-Next-Page")).isEqualTo("2");
    assertThat(answer.header("X-Prev-Page")).isEmpty();
    assertThat(answer.header("Link"))
        .contains("page=2&per_page=2>; rel=\"next\"")
        .contains("page=1&per_page=2>; rel=\"first\"")
        .contains("page=2&per_page=2>; rel=\"last\"");
  }

  @Test
  void answersEveryListWithTheHeadersThatItPromises(Running gitlab) {
    long project = gitlab.newProject("private");
    long group = gitlab.newGroup();
    long agent = gitlab.newAgent(project);
    long hook =
        gitlab
            .root()
            .post("/api/v4/projects/" + project + "/hooks", "url", "https://hooks.example")
            .expect(201)
            .id();
    List<String> problems = new ArrayList<>();
    int lists = 0;
    for (Map.Entry<String, JsonNode> path : document(gitlab).path("paths").properties()) {
      JsonNode headers = path.getValue().path("get").path("responses").path("200").path("headers");
      String address =
          "/api/v4"
              + path.getKey()
                  .replace("/projects/{id}", "/projects/" + project)
                  .replace("/groups/{id}", "/groups/" + group)
                  .replace("/groups/{group}", "/groups/" + group)
                  .replace("{agentId}", Long.toString(agent))
                  .replace("{hookId}", Long.toString(hook));
      // The repository is empty, and a group has no webhook here.
      if (headers.isEmpty()
          || path.getKey().contains("/repository/")
          || path.getKey().equals("/groups/{id}/hooks/{hookId}/events")) {
        continue;
      }
      lists++;
      Api.Answer answer = gitlab.root().get(address).expect(200);
      for (String name : headers.propertyNames()) {
        if (answer.headers().firstValue(name).isEmpty()) {
          problems.add(address + ": " + name);
        }
      }
    }

    assertThat(problems).isEmpty();
    assertThat(lists).isGreaterThan(20);
  }

  @Test
  void answersWithWhatTheSchemaSays(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    JsonNode view =
        gitlab.root().get("/api/v4/projects/" + project + "/cluster_agents/" + agent).json();
    JsonNode schema = document(gitlab).path("components").path("schemas").path("AgentAgentView");

    assertThat(Set.copyOf(schema.path("properties").propertyNames()))
        .isEqualTo(Set.copyOf(view.propertyNames()));
  }

  @Test
  void showsPeopleTheSame(Running gitlab) {
    String page =
        gitlab.anonymous().with("Accept", "text/html").get("/-/help/api").expect(200).body();

    assertThat(page)
        .contains("GET /projects/{id}/cluster_agents/{agentId}")
        .contains("Register an agent")
        .contains("commit_message");
  }

  private static List<String> required(JsonNode operation) {
    List<String> names = new ArrayList<>();
    operation
        .path("requestBody")
        .path("content")
        .path("application/json")
        .path("schema")
        .path("required")
        .forEach(name -> names.add(name.asString()));
    operation
        .path("parameters")
        .forEach(parameter -> {
          if (parameter.path("required").asBoolean()) {
            names.add(parameter.path("name").asString());
          }
        });
    return names;
  }

  private static JsonNode document(Running gitlab) {
    return gitlab.anonymous().get("/api/v4/openapi.json").expect(200).json();
  }
}
