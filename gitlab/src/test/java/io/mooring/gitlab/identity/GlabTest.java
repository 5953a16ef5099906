package io.mooring.gitlab.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * The requests that {@code glab cluster agent list}, {@code update-kubeconfig} and {@code
 * get-token} make, in their forms, with the members of the answers that they read.
 */
@ExtendWith(GitLabUnderTest.class)
class GlabTest {
  @BeforeEach
  void connectKas(Running gitlab) {
    gitlab.application().connectKas(URI.create("grpc://127.0.0.1:1"));
  }

  @Test
  void listsAgentsByTheFullPathOfTheProject(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Api developer = gitlab.newMember(project, 30).api();

    Api.Answer answer =
        developer.get(
            "/api/v4/projects/%s/cluster_agents?page=1&per_page=30"
                .formatted(encoded(gitlab.path(project))));

    JsonNode listed = answer.expect(200).json().get(0);
    assertThat(listed.path("id").asLong()).isEqualTo(agent);
    assertThat(listed.path("name").asString()).isNotEmpty();
    assertThat(listed.path("created_at").asString())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
  }

  @Test
  void tellsWhereClustersAreReachedWhoOneIsAndWhatAnAgentIsCalled(Running gitlab) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Person developer = gitlab.newMember(project, 30);

    JsonNode kas = developer.api().get("/api/v4/metadata").expect(200).json().path("kas");
    JsonNode shown =
        developer
            .api()
            .get(
                "/api/v4/projects/%s/cluster_agents/%d"
                    .formatted(encoded(gitlab.path(project)), agent))
            .expect(200)
            .json();
    JsonNode user = developer.api().get("/api/v4/user").expect(200).json();

    assertThat(kas.path("enabled").asBoolean()).isTrue();
    assertThat(kas.path("externalK8sProxyUrl").asString())
        .isEqualTo(gitlab.application().url() + "/k8s-proxy");
    assertThat(shown.path("config_project").path("path_with_namespace").asString())
        .isEqualTo(gitlab.path(project));
    assertThat(user.path("username").asString()).isEqualTo(developer.username());
  }

  @Test
  void makesATokenThatReachesClustersAndNothingElse(Running gitlab) {
    Person person = gitlab.newUser();
    LocalDate tomorrow = LocalDate.now(ZoneOffset.UTC).plusDays(1);

    JsonNode token =
        person
            .api()
            .post(
                "/api/v4/user/personal_access_tokens",
                "name",
                "glab-k8s-proxy-0123",
                "scopes",
                List.of("k8s_proxy"),
                "expires_at",
                tomorrow.toString())
            .expect(201)
            .json();

    assertThat(token.path("token").asString()).startsWith("glpat-");
    assertThat(token.path("expires_at").asString()).isEqualTo(tomorrow.toString());
    assertThat(token.path("scopes").toString()).isEqualTo("[\"k8s_proxy\"]");
    assertThat(token.path("revoked").asBoolean()).isFalse();
    assertThat(token.path("active").asBoolean()).isTrue();
    Api narrow = new Api(gitlab.application().url(), token.path("token").asString());
    assertThat(narrow.get("/api/v4/user").expect(403).json().path("error").asString())
        .isEqualTo("insufficient_scope");
    narrow
        .post("/api/v4/user/personal_access_tokens", "name", "n", "scopes", List.of("k8s_proxy"))
        .expect(403);
    // "--check-revoked" of get-token.
    person.api().get("/api/v4/personal_access_tokens/" + token.path("id").asLong()).expect(200);
  }

  @Test
  void endsWithTheDayAndRefusesOtherScopes(Running gitlab) {
    Api api = gitlab.newUser().api();
    String path = "/api/v4/user/personal_access_tokens";

    assertThat(
            api.post(path, "name", "n", "scopes", List.of("k8s_proxy"))
                .expect(201)
                .json()
                .path("expires_at")
                .asString())
        .isEqualTo(LocalDate.now(ZoneOffset.UTC).plusDays(1).toString());
    assertThat(api.post(path, "name", "n", "scopes", List.of("api")).expect(400).body())
        .isEqualTo("{\"error\":\"scopes does not have a valid value\"}");
    assertThat(api.post(path, "{}").expect(400).body())
        .isEqualTo("{\"error\":\"name is missing, scopes is missing, name is invalid\"}");
    gitlab.anonymous().post(path, "name", "n", "scopes", List.of("k8s_proxy")).expect(401);
  }

  @Test
  void takesAReadingTokenForReadingOnly(Running gitlab) {
    Person person = gitlab.newUser();
    String token =
        gitlab
            .application()
            .createPersonalAccessToken(
                person.username(), "t", Set.of(Scope.READ_API), Duration.ofDays(1))
            .text();
    Api reading = new Api(gitlab.application().url(), token);

    reading.get("/api/v4/metadata").expect(200);
    reading
        .post("/api/v4/user/personal_access_tokens", "name", "n", "scopes", List.of("k8s_proxy"))
        .expect(403);
  }

  private static String encoded(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8);
  }
}
