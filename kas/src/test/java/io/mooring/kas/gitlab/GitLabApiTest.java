package io.mooring.kas.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.mooring.kas.gitlab.ScriptedGitLab.Asked;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.secret.Secret;
import io.mooring.wire.agentcfg.ConfigurationFile;
import io.mooring.wire.gitlab.api.AuthorizeProxyUserRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitLabApiTest {
  private static final Secret SECRET = Secret.of("0123456789abcdef0123456789abcdef");
  private static final Secret TOKEN = Secret.of("glagent-token");

  private final ScriptedGitLab gitlab = ScriptedGitLab.start();
  private final GitLabApi api = GitLabContract.api(gitlab.url(), SECRET);

  @AfterEach
  void stop() {
    api.close();
    gitlab.close();
  }

  @Test
  @Tag("wire-24")
  @Tag("wire-80")
  void provesToBeKasWithAShortLivedToken() throws Exception {
    gitlab.on("agent_info", request -> Reply.json(200, ScriptedGitLab.agentInfo(5, 7)));

    api.agentInfo(TOKEN);

    Asked asked = gitlab.asked().getFirst();
    String[] jwt = asked.header("Gitlab-Kas-Api-Request").orElseThrow().split("\\.", -1);
    JsonObject claims = json(jwt[1]);
    assertThat(json(jwt[0]))
        .isEqualTo(JsonParser.parseString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"));
    assertThat(claims.get("iss").getAsString()).isEqualTo("gitlab-kas");
    assertThat(claims.get("aud").toString()).isEqualTo("[\"gitlab\"]");
    assertThat(claims.get("exp").getAsLong() - claims.get("iat").getAsLong()).isEqualTo(30);
    assertThat(claims.get("iat").getAsLong() - claims.get("nbf").getAsLong()).isEqualTo(5);
    assertThat(asked.header("Authorization")).contains("Bearer glagent-token");
    assertThat(asked.header("Accept")).contains("application/json");
    assertThat(asked.header("User-Agent")).contains(BuildInfo.current().kas());
  }

  @Test
  @Tag("wire-80")
  void asksForTheAgentsOfAJobWithTheJobsTokenAlone() throws Exception {
    gitlab.onPath(
        "/api/v4/job/allowed_agents",
        request ->
            Reply.json(
                200,
                """
                {"allowed_agents":[{"id":5,"config_project":{"id":"3"},"configuration":null}],
                 "job":{"id":7},"pipeline":{"id":6},"project":{"id":150,"groups":[{"id":23}]},
                 "user":{"id":1,"username":"root"},"environment":null}
                """));

    assertThat(
            api.jobAgents(Secret.of("job-token"))
                .answer()
                .getAllowedAgents(0)
                .getConfigProject()
                .getId())
        .isEqualTo(3);

    Asked asked = gitlab.asked().getFirst();
    assertThat(asked.header("Job-Token")).contains("job-token");
    assertThat(asked.header("Gitlab-Kas-Api-Request")).isEmpty();
    assertThat(asked.header("Authorization")).isEmpty();
  }

  @Test
  @Tag("wire-80")
  @Tag("fault-6")
  void followsNoRedirect() throws Exception {
    try (ScriptedGitLab elsewhere = ScriptedGitLab.start()) {
      gitlab.on(
          "agent_info",
          request ->
              new Reply(
                  302,
                  Map.of("Location", elsewhere.url() + "/api/v4/internal/kubernetes/agent_info"),
                  ""));

      assertThatThrownBy(() -> api.agentInfo(TOKEN))
          .isInstanceOf(GitLabException.class)
          .hasMessage("HTTP status code: 302 for path /api/v4/internal/kubernetes/agent_info");
      assertThat(elsewhere.asked()).isEmpty();
    }
  }

  @Test
  void keepsTheBasePathOfTheAddress() throws Exception {
    gitlab.onPath(
        "/gitlab/api/v4/internal/kubernetes/agent_info",
        request -> Reply.json(201, ScriptedGitLab.agentInfo(5, 7)));

    try (GitLabApi below = GitLabContract.api(URI.create(gitlab.url() + "/gitlab/"), SECRET)) {
      assertThat(below.agentInfo(TOKEN).getAgentId()).isEqualTo(5);
    }
  }

  @Test
  @Tag("wire-79")
  void writesIdsAsTextsAndLeavesOutWhatIsUnset() throws Exception {
    gitlab.on("agent_configuration", request -> Reply.status(204));

    api.agentConfiguration(5, ConfigurationFile.getDefaultInstance());

    Asked asked = gitlab.asked().getFirst();
    assertThat(asked.body()).isEqualTo("{\"agent_id\":\"5\",\"agent_config\":{}}");
    assertThat(asked.header("Content-Type")).contains("application/json");
    assertThat(asked.header("Accept")).isEmpty();
  }

  @ParameterizedTest
  @Tag("wire-79")
  @Tag("fault-6")
  @ValueSource(
      strings = {
        "{}",
        "not json",
        "[]",
        "",
        "{\"project_id\":7,\"agent_id\":0,\"agent_name\":\"x\",\"default_branch\":\"main\"}",
      })
  void takesNoUnusableAnswer(String body) {
    gitlab.on("agent_info", request -> Reply.json(200, body));

    assertThatThrownBy(() -> api.agentInfo(TOKEN))
        .isInstanceOf(GitLabException.class)
        .hasMessageStartingWith("GET /api/v4/internal/kubernetes/agent_info was answered with")
        .satisfies(e -> assertThat(((GitLabException) e).isRefusal()).isFalse());
  }

  @Test
  @Tag("fault-6")
  void takesNoAnswerThatIsNotJson() {
    gitlab.on(
        "agent_info",
        request ->
            new Reply(200, Map.of("Content-Type", "text/html"), ScriptedGitLab.agentInfo(5, 7)));

    assertThatThrownBy(() -> api.agentInfo(TOKEN))
        .isInstanceOf(GitLabException.class)
        .hasMessageContaining("Content-Type text/html (expected: application/json)");
  }

  @Test
  void takesJsonWithParametersOfItsType() throws Exception {
    gitlab.on(
        "agent_info",
        request ->
            new Reply(
                200,
                Map.of("Content-Type", "application/json; charset=utf-8"),
                ScriptedGitLab.agentInfo(5, 7)));

    assertThat(api.agentInfo(TOKEN).getAgentName()).isEqualTo("agent-x");
  }

  @Test
  void givesTheReasonOfARefusalToOperators() {
    gitlab.on(
        "agent_info", request -> Reply.json(403, "{\"message\":\"403 Forbidden - a reason\"}"));

    assertThatThrownBy(() -> api.agentInfo(TOKEN))
        .hasMessage(
            "HTTP status code: 403 for path /api/v4/internal/kubernetes/agent_info with reason 403"
                + " Forbidden - a reason");
  }

  @ParameterizedTest
  @Tag("wire-81")
  @ValueSource(ints = {429, 500, 503})
  void triesLookUpsOfAgentsOnce(int status) {
    gitlab.on("agent_info", request -> Reply.status(status));
    gitlab.on("usage_metrics", request -> Reply.status(status));

    assertThatThrownBy(() -> api.agentInfo(TOKEN)).isInstanceOf(GitLabException.class);
    assertThatThrownBy(() -> api.usageMetrics("{}")).isInstanceOf(GitLabException.class);

    assertThat(gitlab.asked()).hasSize(2);
  }

  @Test
  @Tag("wire-81")
  void triesAConfigurationFiveTimesWithTheSameToken() {
    gitlab.on("agent_configuration", request -> Reply.status(502));

    assertThatThrownBy(() -> api.agentConfiguration(5, ConfigurationFile.getDefaultInstance()))
        .hasMessageContaining("502");

    assertThat(gitlab.asked()).hasSize(5);
    assertThat(
            gitlab.asked().stream().map(asked -> asked.header("Gitlab-Kas-Api-Request")).distinct())
        .hasSize(1);
  }

  @ParameterizedTest
  @Tag("wire-81")
  @ValueSource(ints = {501, 401, 404, 400})
  void doesNotRepeatWhatWillNotChange(int status) {
    gitlab.on("agent_configuration", request -> Reply.status(status));

    assertThatThrownBy(() -> api.agentConfiguration(5, ConfigurationFile.getDefaultInstance()))
        .isInstanceOf(GitLabException.class);

    assertThat(gitlab.asked()).hasSize(1);
  }

  @Test
  @Tag("wire-81")
  void stopsToRepeatWhenItWorks() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    gitlab.on(
        "authorize_proxy_user",
        request ->
            attempts.incrementAndGet() < 3
                ? new Reply(503, Map.of("Retry-After", "0"), "")
                : Reply.json(
                    200,
                    """
                    {"agent":{"id":9,"config_project":{"id":12}},"user":{"id":1,"username":"u"},
                     "access_as":{"agent":{}}}
                    """));

    api.personAccess(
        AuthorizeProxyUserRequest.newBuilder()
            .setAgentId(9)
            .setAccessType("session_cookie")
            .setAccessKey("key")
            .build());

    assertThat(attempts).hasValue(3);
    assertThat(gitlab.asked().getFirst().body())
        .isEqualTo(
            "{\"agent_id\":\"9\",\"access_type\":\"session_cookie\",\"access_key\":\"key\"}");
  }

  @Test
  @Tag("fault-6")
  void saysThatGitLabIsNotThere() {
    gitlab.close();

    assertThatThrownBy(() -> api.agentInfo(TOKEN))
        .isInstanceOf(GitLabException.class)
        .hasMessageStartingWith("GET /api/v4/internal/kubernetes/agent_info failed: ");
  }

  @Test
  @Tag("fault-6")
  void refusesAnAnswerThatIsTooLarge() {
    gitlab.on(
        "agent_info",
        request -> Reply.json(200, "{\"x\":\"" + "x".repeat(GitLabApi.MAX_ANSWER_BYTES) + "\"}"));

    assertThatThrownBy(() -> api.agentInfo(TOKEN)).isInstanceOf(GitLabException.class);
  }

  private static JsonObject json(String part) {
    return JsonParser.parseString(
            new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8))
        .getAsJsonObject();
  }
}
