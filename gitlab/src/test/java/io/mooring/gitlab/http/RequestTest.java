package io.mooring.gitlab.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every request gets, whoever answers it. */
@ExtendWith(GitLabUnderTest.class)
class RequestTest {
  @Test
  void carriesAnIdAlsoWhenItFails(Running gitlab) {
    for (String path : new String[] {"/api/v4/user", "/nowhere", "/api/v4/projects/%2e%2e/x"}) {
      assertThat(gitlab.anonymous().get(path).header("X-Request-Id")).matches("[0-9a-f]{32}");
    }
    assertThat(gitlab.anonymous().with("X-Request-Id", "mine-1").get("/x").header("X-Request-Id"))
        .isEqualTo("mine-1");
    assertThat(gitlab.anonymous().with("X-Request-Id", "{bad}").get("/x").header("X-Request-Id"))
        .matches("[0-9a-f]{32}");
  }

  @Test
  void refusesABodyThatIsTooLarge(Running gitlab) {
    String large = Api.object("name", "x".repeat(9 << 20));

    Api.Answer answer = gitlab.root().post("/api/v4/projects", large);

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.body()).isEqualTo("{\"message\":\"413 Request Entity Too Large\"}");
  }

  @Test
  void refusesABodyThatIsNoJsonWithoutQuotingIt(Running gitlab) {
    Api.Answer answer = gitlab.root().post("/api/v4/projects", "{\"name\": canary-in-body}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("line 1, column").doesNotContain("canary-in-body");
    gitlab.root().post("/api/v4/projects", "[1]").expect(400);
    gitlab.root().post("/api/v4/projects", "[".repeat(5000)).expect(400);
  }

  @Test
  void refusesAddressesThatLeaveTheirPlace(Running gitlab) {
    for (String path :
        new String[] {"/api/v4/../v4/user", "/api/v4/%2e%2e/x", "/api;x/v4/user", "/%5c"}) {
      assertThat(gitlab.anonymous().get(path).status()).isIn(400, 401, 404);
    }
  }

  @Test
  void protectsBrowsersWithHeaders(Running gitlab) {
    Api.Answer answer = gitlab.anonymous().get("/users/sign_in");

    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
    assertThat(answer.header("Content-Security-Policy")).contains("frame-ancestors 'none'");
    assertThat(answer.header("Cache-Control")).contains("no-store");
    assertThat(answer.header("Server")).isEmpty();
  }

  @Test
  void showsOperatorsHowItIs(Running gitlab) {
    assertThat(gitlab.anonymous().get("/-/health").expect(200).body()).isEqualTo("GitLab OK");
    assertThat(gitlab.anonymous().get("/-/liveness").expect(200).body())
        .isEqualTo("{\"status\":\"ok\"}");
    assertThat(gitlab.anonymous().get("/-/readiness").expect(200).json().path("status").asString())
        .isEqualTo("ok");
    assertThat(gitlab.anonymous().get("/-/metrics").expect(200).body())
        .contains("http_requests_total{method=\"get\",status=\"200\"}")
        .contains("gitlab_push_notices_waiting")
        .contains("gitlab_database_connections{state=\"idle\"}")
        .contains("grpc_client_handled_total");
  }

  @Test
  void believesOnlyTrustedProxies() {
    var none = new ClientAddress(java.util.List.of());
    var some = new ClientAddress(java.util.List.of("10.0.0.0/8"));

    assertThat(none.of(new StubRequest("10.1.1.1", "1.2.3.4"))).isEqualTo("10.1.1.1");
    assertThat(some.of(new StubRequest("10.1.1.1", "1.2.3.4"))).isEqualTo("1.2.3.4");
    assertThat(some.of(new StubRequest("10.1.1.1", "6.6.6.6, 1.2.3.4"))).isEqualTo("1.2.3.4");
    assertThat(some.of(new StubRequest("10.1.1.1", "1.2.3.4, 10.2.2.2"))).isEqualTo("1.2.3.4");
    assertThat(some.of(new StubRequest("10.1.1.1", "evil.example"))).isEqualTo("10.1.1.1");
    assertThat(some.of(new StubRequest("9.9.9.9", "1.2.3.4"))).isEqualTo("9.9.9.9");
  }
}
