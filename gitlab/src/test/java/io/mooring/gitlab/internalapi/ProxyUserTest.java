package io.mooring.gitlab.internalapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.Browser;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.identity.Scope;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(GitLabUnderTest.class)
@Tag("wire-79")
class ProxyUserTest {
  private static final String PATH = "/api/v4/internal/kubernetes/authorize_proxy_user";
  private static final Map<String, Object> AS_AGENT = Map.of("agent", Map.of());
  private static final Map<String, Object> AS_USER = Map.of("user", Map.of());

  @BeforeEach
  void connectKas(Running gitlab) {
    // Never called here: the endpoint only wants kas to be configured.
    gitlab.application().connectKas(URI.create("grpc://127.0.0.1:1"));
  }

  private record Setup(long project, long agent, Person developer) {}

  @Test
  void letsADeveloperInByTokenWhomTheFileNames(Running gitlab) {
    Setup setup = setup(gitlab, AS_AGENT);

    Api.Answer answer = byToken(gitlab, setup.agent(), setup.developer().api().token());

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.body())
        .isEqualTo(
            ("{\"agent\":{\"id\":%d,\"config_project\":{\"id\":%d}},\"user\":{\"id\":%d,\"username\":\"%s\"},"
                    + "\"access_as\":{\"agent\":{}}}")
                .formatted(
                    setup.agent(),
                    setup.project(),
                    setup.developer().id(),
                    setup.developer().username()));
  }

  @Test
  void tellsProjectsAndRolesForImpersonation(Running gitlab) {
    Setup setup = setup(gitlab, AS_USER);

    Api.Answer answer = byToken(gitlab, setup.agent(), setup.developer().api().token()).expect(201);

    assertThat(answer.json().path("access_as").toString())
        .isEqualTo(
            "{\"user\":{\"projects\":[{\"id\":%d,\"roles\":[\"guest\",\"reporter\",\"developer\"]}],\"groups\":[]}}"
                .formatted(setup.project()));
  }

  @Test
  void letsADeveloperInByCookie(Running gitlab) {
    Setup setup = setup(gitlab, AS_AGENT);
    Browser browser = Browser.signedIn(gitlab, setup.developer().username(), Person.PASSWORD);

    Api.Answer answer = byCookie(gitlab, setup.agent(), browser.kasCookie(), browser.csrfToken());

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.json().path("user").path("username").asString())
        .isEqualTo(setup.developer().username());
  }

  @Test
  @Tag("fault-10")
  void refusesACookieThatIsNotOurs(Running gitlab) {
    Setup setup = setup(gitlab, AS_AGENT);
    Browser browser = Browser.signedIn(gitlab, setup.developer().username(), Person.PASSWORD);
    String cookie = browser.kasCookie();
    String changed = (cookie.charAt(0) == 'A' ? "B" : "A") + cookie.substring(1);

    for (String value : List.of("garbage", "a--b--c", changed)) {
      Api.Answer answer = byCookie(gitlab, setup.agent(), value, browser.csrfToken());
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).isEqualTo("{\"message\":\"400 Bad request - Invalid access_key\"}");
    }
  }

  @Test
  @Tag("fault-10")
  void refusesASessionThatEnded(Running gitlab) {
    Setup setup = setup(gitlab, AS_AGENT);
    Browser browser = Browser.signedIn(gitlab, setup.developer().username(), Person.PASSWORD);
    String cookie = browser.kasCookie();
    browser.api().post("/users/sign_out");

    Api.Answer answer = byCookie(gitlab, setup.agent(), cookie, browser.csrfToken());

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body()).isEqualTo("{\"message\":\"401 Unauthorized - Invalid session\"}");
  }

  @Test
  @Tag("fault-10")
  void refusesTheCsrfTokenOfAnotherSession(Running gitlab) {
    Setup setup = setup(gitlab, AS_AGENT);
    Browser browser = Browser.signedIn(gitlab, setup.developer().username(), Person.PASSWORD);
    Browser other = Browser.signedIn(gitlab, setup.developer().username(), Person.PASSWORD);

    Api.Answer answer = byCookie(gitlab, setup.agent(), browser.kasCookie(), other.csrfToken());

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body())
        .isEqualTo("{\"message\":\"401 Unauthorized - CSRF token does not match\"}");
  }

  @Test
  void refusesASessionInWhichNobodySignedIn(Running gitlab) {
    Setup setup = setup(gitlab, AS_AGENT);
    Browser browser = Browser.signedIn(gitlab, setup.developer().username(), Person.PASSWORD);
    String cookie = browser.kasCookie();
    gitlab.sql("update user_sessions set user_id = null where user_id = " + setup.developer().id());

    Api.Answer answer = byCookie(gitlab, setup.agent(), cookie, browser.csrfToken());

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.body())
        .isEqualTo("{\"message\":\"401 Unauthorized - Invalid user in session\"}");
  }

  @Test
  @Tag("fault-10")
  void wantsACsrfTokenWithACookie(Running gitlab) {
    assertThat(
            gitlab
                .kas()
                .post(PATH, "agent_id", "1", "access_type", "session_cookie", "access_key", "x")
                .expect(400)
                .body())
        .isEqualTo("{\"error\":\"csrf_token is missing\"}");
  }

  @Test
  void refusesATokenThatIsUnknownExpiredOrWithoutTheScope(Running gitlab) {
    Setup setup = setup(gitlab, AS_AGENT);
    String narrow = token(gitlab, setup.developer(), Scope.API);
    String expired = token(gitlab, setup.developer(), Scope.K8S_PROXY);
    gitlab.sql(
        "update personal_access_tokens set expires_at = current_date - 1 where id = (select max(id) from personal_access_tokens)");

    assertThat(byToken(gitlab, setup.agent(), "glpat-unknown").expect(400).body())
        .isEqualTo("{\"message\":\"400 Bad request - Unable to get user from request data\"}");
    assertThat(byToken(gitlab, setup.agent(), narrow).expect(403).json().path("error").asString())
        .isEqualTo("insufficient_scope");
    assertThat(byToken(gitlab, setup.agent(), expired).expect(401).json().path("error").asString())
        .isEqualTo("invalid_token");
  }

  @Test
  void knowsNoAgentThatDoesNotExist(Running gitlab) {
    Setup setup = setup(gitlab, AS_AGENT);
    Browser browser = Browser.signedIn(gitlab, setup.developer().username(), Person.PASSWORD);

    assertThat(byToken(gitlab, 99_999_999, setup.developer().api().token()).status())
        .isEqualTo(404);
    assertThat(byCookie(gitlab, 99_999_999, browser.kasCookie(), browser.csrfToken()).body())
        .isEqualTo("{\"message\":\"404 Not found\"}");
  }

  @Test
  void refusesWhoIsNotNamedWithTheReason(Running gitlab) {
    Setup setup = setup(gitlab, AS_AGENT);
    Person stranger = gitlab.newUser();
    Person reporter = gitlab.newMember(setup.project(), 20);

    for (Person person : List.of(stranger, reporter)) {
      assertThat(byToken(gitlab, setup.agent(), person.api().token()).expect(403).body())
          .isEqualTo(
              "{\"message\":\"You must be a member of `projects` or `groups` under the `user_access` keyword.\"}");
    }
  }

  @Test
  void saysWhatTheFileLacks(Running gitlab) {
    Setup none = setup(gitlab, AS_AGENT);
    gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/agent_configuration",
            "agent_id",
            none.agent(),
            "agent_config",
            Map.of())
        .expect(204);
    Setup without = setup(gitlab, Map.of());
    Setup both = setup(gitlab, Map.of("agent", Map.of(), "user", Map.of()));

    assertThat(reason(gitlab, none))
        .isEqualTo("`user_access` keyword is not found in agent config file.");
    assertThat(reason(gitlab, without))
        .isEqualTo("`access_as` is not found under the `user_access` keyword.");
    assertThat(reason(gitlab, both))
        .isEqualTo("`access_as` must exist only once under the `user_access` keyword.");
  }

  @Test
  void refusesATypeThatNobodyKnows(Running gitlab) {
    assertThat(
            gitlab
                .kas()
                .post(PATH, "agent_id", "1", "access_type", "magic", "access_key", "x")
                .expect(400)
                .body())
        .isEqualTo("{\"error\":\"access_type does not have a valid value\"}");
  }

  private static String reason(Running gitlab, Setup setup) {
    return byToken(gitlab, setup.agent(), setup.developer().api().token())
        .expect(403)
        .json()
        .path("message")
        .asString();
  }

  private static Api.Answer byToken(Running gitlab, long agent, String token) {
    return gitlab
        .kas()
        .post(
            PATH,
            "agent_id",
            Long.toString(agent),
            "access_type",
            "personal_access_token",
            "access_key",
            token);
  }

  private static Api.Answer byCookie(Running gitlab, long agent, String cookie, String csrf) {
    return gitlab
        .kas()
        .post(
            PATH,
            "agent_id",
            Long.toString(agent),
            "access_type",
            "session_cookie",
            "access_key",
            cookie,
            "csrf_token",
            csrf);
  }

  private static String token(Running gitlab, Person person, Scope scope) {
    return gitlab
        .application()
        .createPersonalAccessToken(person.username(), "t", Set.of(scope), Duration.ofDays(1))
        .text();
  }

  private static Setup setup(Running gitlab, Map<String, Object> accessAs) {
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Person developer = gitlab.newMember(project, 30);
    gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/agent_configuration",
            "agent_id",
            agent,
            "agent_config",
            Map.of(
                "user_access",
                Map.of(
                    "access_as",
                    accessAs,
                    "projects",
                    List.of(Map.of("id", gitlab.path(project))))))
        .expect(204);
    return new Setup(project, agent, developer);
  }
}
