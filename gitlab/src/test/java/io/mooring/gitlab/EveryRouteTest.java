package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.SecretFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Who may do what: every route that Spring dispatches to, by every role, as {@code
 * routes-by-role.txt} has it. A route without a line there fails.
 */
@ExtendWith(GitLabUnderTest.class)
class EveryRouteTest {
  private static final int[] LEVELS = {10, 20, 30, 40, 50};
  private static final String HTML = "text/html,application/xhtml+xml,*/*;q=0.8";

  /** A line of the table. {@code address} is the route's own unless something stands in it. */
  private record Line(String route, String address, String body, String statuses) {
    static Line parse(String text) {
      String[] sides = text.split("=>", -1);
      String[] words = sides[0].strip().split("\\s+", 4);
      String address = words.length > 2 ? words[2] : words[1];
      String body = words.length > 3 ? words[3].strip() : "";
      return new Line(
          words[0] + " " + words[1], address, body, sides[1].strip().replaceAll("\\s+", " "));
    }

    String method() {
      return route.startsWith("* ") ? "GET" : route.substring(0, route.indexOf(' '));
    }
  }

  /** What the addresses of the table stand for. */
  private record World(Map<String, String> names, List<Person> people) {
    String fill(String text) {
      String filled = text;
      for (Map.Entry<String, String> name : names.entrySet()) {
        filled = filled.replace("$" + name.getKey() + "$", name.getValue());
      }
      return filled.replace("$new$", GitLabUnderTest.unique("made"));
    }
  }

  @Test
  void hasALineForEveryRoute(Running gitlab) throws IOException {
    var listed = new TreeSet<String>();
    lines(line -> true).forEach(line -> listed.add(line.route()));

    assertThat(listed).containsExactlyElementsOf(Routes.of(gitlab));
  }

  @Test
  void opensTheRestApiToTheRightRoles(Running gitlab) throws IOException {
    World world = world(gitlab);
    List<Api> callers = new ArrayList<>(List.of(gitlab.anonymous()));
    world.people().forEach(person -> callers.add(person.api()));
    callers.add(administrator(gitlab).api());
    try (var kas = new FakeKas(gitlab.kasSecret(), 0)) {
      gitlab.application().connectKas(kas.url());

      check(world, callers, lines(line -> isApi(line) && !isForPrograms(line)));
    }
  }

  @Test
  void opensPagesToTheRightRoles(Running gitlab) throws IOException {
    World world = world(gitlab);
    List<Api> callers = new ArrayList<>(List.of(gitlab.anonymous().with("Accept", HTML)));
    world.people().forEach(person -> callers.add(page(gitlab, person)));
    callers.add(page(gitlab, administrator(gitlab)));

    check(world, callers, lines(line -> !isApi(line)));
  }

  /** By: nobody, an administrator's token, kas, Gitaly, a job. */
  @Test
  void opensTheInternalApiToTheRightPrograms(Running gitlab) throws IOException {
    World world = world(gitlab);
    String gitaly =
        JwtSigner.gitalyToGitLab(
                SecretFiles.trimmed(
                    "gitaly.hook_secret_file", gitlab.configuration().gitaly().hookSecretFile()),
                InstantSource.system())
            .token();
    List<Api> callers =
        List.of(
            gitlab.anonymous(),
            gitlab.root(),
            gitlab.kas(world.fill("$agentToken$")),
            gitlab.anonymous().with("Gitlab-Shell-Api-Request", gitaly),
            gitlab.anonymous().with("Job-Token", world.fill("$jobToken$")));

    check(world, callers, lines(EveryRouteTest::isForPrograms));
  }

  private static boolean isApi(Line line) {
    return line.route().contains(" /api/");
  }

  private static boolean isForPrograms(Line line) {
    return line.route().contains(" /api/v4/internal/")
        || line.route().matches("GET /api/v4/job(/.*)?");
  }

  private static Person administrator(Running gitlab) {
    Person person = gitlab.newUser();
    gitlab.root().put("/api/v4/users/" + person.id(), "{\"admin\":true}").expect(200);
    return person;
  }

  private static Api page(Running gitlab, Person person) {
    return Browser.signedIn(gitlab, person.username(), Person.PASSWORD).api().with("Accept", HTML);
  }

  private static void check(World world, List<Api> callers, List<Line> lines) {
    var problems = new ArrayList<String>();
    for (Line line : lines) {
      String statuses =
          callers.stream()
              .map(caller -> Integer.toString(send(world, caller, line)))
              .collect(Collectors.joining(" "));
      if (!statuses.equals(line.statuses())) {
        problems.add(
            line.route()
                + " "
                + line.address()
                + " "
                + line.body()
                + " => "
                + statuses
                + " (expected: "
                + line.statuses()
                + ")");
      }
    }
    assertThat(problems).isEmpty();
  }

  private static int send(World world, Api caller, Line line) {
    String body = world.fill(line.body());
    Api typed =
        body.isEmpty() || body.startsWith("{")
            ? caller
            : caller.with("Content-Type", "application/x-www-form-urlencoded");
    Api.Answer answer = typed.send(line.method(), world.fill(line.address()), body);
    // Pages send who is not signed in to the form, which says the same as 401.
    return answer.header("Location").startsWith("/users/sign_in?")
            || answer.header("Location").equals("/users/sign_in")
        ? 401
        : answer.status();
  }

  private static List<Line> lines(Predicate<Line> wanted) throws IOException {
    try (var in =
        Objects.requireNonNull(
            EveryRouteTest.class.getResourceAsStream("routes-by-role.txt"), "routes-by-role.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(Line::parse)
          .filter(wanted)
          .toList();
    }
  }

  /** A private group with one member of each role, and a project in it with an agent. */
  private static World world(Running gitlab) {
    Api root = gitlab.root();
    long group = gitlab.newGroup();
    List<Person> people = new ArrayList<>(List.of(gitlab.newUser()));
    for (int level : LEVELS) {
      Person person = gitlab.newUser();
      root.post(
              "/api/v4/groups/" + group + "/members", "user_id", person.id(), "access_level", level)
          .expect(201);
      people.add(person);
    }
    long project =
        root.post("/api/v4/projects", "name", GitLabUnderTest.unique("p"), "namespace_id", group)
            .expect(201)
            .id();
    root.post(
            "/api/v4/projects/" + project + "/repository/commits",
            "{\"branch\":\"main\",\"commit_message\":\"m\",\"actions\":[{\"action\":\"create\",\"file_path\":\"a\",\"content\":\"b\"}]}")
        .expect(201);
    long agent = gitlab.newAgent(project);
    Map<String, String> names = new HashMap<>();
    names.put("p", Long.toString(project));
    names.put("g", Long.toString(group));
    names.put("a", Long.toString(agent));
    names.put("path", gitlab.path(project));
    names.put("gpath", root.get("/api/v4/groups/" + group).json().path("full_path").asString());
    names.put("agent", gitlab.sqlValue("select name from cluster_agents where id = " + agent));
    names.put("agentToken", gitlab.newAgentToken(project, agent));
    names.put(
        "t", gitlab.sqlValue("select id from cluster_agent_tokens where agent_id = " + agent));
    names.put("spare", Long.toString(gitlab.newUser().id()));
    names.put("guest", Long.toString(people.get(1).id()));
    var job = root.post("/api/v4/projects/" + project + "/jobs", "ref", "main").expect(201).json();
    names.put("job", job.path("id").asString());
    names.put("jobToken", job.path("token").asString());
    names.put("h", hook(root, "/api/v4/projects/" + project + "/hooks"));
    names.put("gh", hook(root, "/api/v4/groups/" + group + "/hooks"));
    return new World(names, people);
  }

  private static String hook(Api root, String hooks) {
    return Long.toString(root.post(hooks, "url", "https://hooks.example").expect(201).id());
  }
}
