package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.kas.tunnel.AgentStream;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import io.mooring.wire.kubernetesapi.rpc.HeaderExtra;
import io.mooring.wire.kubernetesapi.rpc.ImpersonationConfig;
import io.mooring.wire.prototool.Values;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of a request from a client with a credential through GitLab's answer to an agent. */
class ClusterAccessTest {
  private static final String JOBS = "/api/v4/job/allowed_agents";
  private static final String PEOPLE = "authorize_proxy_user";
  private static final String JOB_TOKEN = "glcbt-64_canary:with:colons";
  private static final String PODS = "/api/v1/namespaces/ns/pods";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private KasFixture kas;

  @BeforeEach
  void start(@TempDir Path directory) {
    kas =
        KasFixture.start(
            directory,
            """
            {address: '127.0.0.1:0', listen_grace_period: 0.1s}
              kubernetes_api:
                listen: {address: '127.0.0.1:0', listen_grace_period: 0.1s, shutdown_grace_period: 1s}
                allowed_agent_cache_ttl: 0.6s
            """
                .strip(),
            "");
    kas.gitlab().on("audit_records", request -> Reply.status(204));
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    kas.close();
  }

  @Test
  @Tag("wire-62")
  @Tag("wire-63")
  @Tag("wire-67")
  void carriesTheRequestOfAJobInTheNameOfTheJob() throws Exception {
    kas.gitlab().onPath(JOBS, request -> Reply.json(200, job("{\"ci_job\":{}}", "")));
    AgentStream agent = AgentStream.open(kas.agent());

    var answer = get(PODS + "?limit=5", "Authorization", "Bearer ci:5:" + JOB_TOKEN);
    HttpRequest.Header received = request(agent);
    agent.answer(head(200), data("{\"kind\":\"PodList\"}"), end());

    assertThat(answer.get().statusCode()).isEqualTo(200);
    assertThat(answer.get().body()).isEqualTo("{\"kind\":\"PodList\"}");
    ImpersonationConfig identity = received.getExtra().unpack(HeaderExtra.class).getImpConfig();
    assertThat(identity.getUsername()).isEqualTo("gitlab:ci_job:7");
    assertThat(identity.getGroupsList())
        .containsExactly("gitlab:ci_job", "gitlab:group:23", "gitlab:project:150");
    assertThat(received.toString()).doesNotContain("canary");
    assertThat(kas.gitlab().asked().stream().filter(asked -> asked.path().equals(JOBS)))
        .singleElement()
        .satisfies(asked -> assertThat(asked.header("Job-Token")).contains(JOB_TOKEN));
    JsonObject record = audited();
    assertThat(record.get("identity").getAsString()).isEqualTo("gitlab:ci_job:7");
    assertThat(record.get("username").getAsString()).isEqualTo("root");
    assertThat(record.get("job_id").getAsLong()).isEqualTo(7);
    assertThat(record.get("verb").getAsString()).isEqualTo("list");
    assertThat(record.get("namespace").getAsString()).isEqualTo("ns");
    assertThat(record.get("status").getAsInt()).isEqualTo(200);
    assertThat(record.get("bytes_out").getAsLong()).isEqualTo(18);
    assertThat(record.toString()).doesNotContain("canary", "limit");
  }

  @Test
  @Tag("wire-68")
  void carriesTheRequestOfAPersonWithoutIdentityWhereTheyActAsTheAgent() throws Exception {
    kas.gitlab().on(PEOPLE, request -> Reply.json(200, person("{\"agent\":{}}")));
    AgentStream agent = AgentStream.open(kas.agent());

    var answer = get(PODS, "Authorization", "Bearer pat:5:glpat-canary");
    HttpRequest.Header received = request(agent);
    agent.answer(head(200), end());

    assertThat(answer.get().statusCode()).isEqualTo(200);
    assertThat(received.hasExtra()).isFalse();
  }

  @Test
  @Tag("fault-8")
  @Tag("wire-64")
  void refusesAJobThatFinishedOrIsNotAllowed() throws Exception {
    kas.gitlab().onPath(JOBS, request -> Reply.status(401));
    var finished = get(PODS, "Authorization", "Bearer ci:5:" + JOB_TOKEN).get();
    kas.gitlab().onPath(JOBS, request -> Reply.json(200, job("{\"agent\":{}}", "")));
    var elsewhere = get(PODS, "Authorization", "Bearer ci:6:glcbt-64_of_another_job").get();

    assertThat(finished.statusCode()).isEqualTo(401);
    assertThat(finished.headers().firstValue("Gitlab-Unauthorized")).contains("true");
    assertStatus(
        finished.body(),
        401,
        "Unauthorized",
        "Unauthorized: CI job token: HTTP status code: 401 for path " + JOBS);
    assertThat(elsewhere.statusCode()).isEqualTo(403);
    assertStatus(elsewhere.body(), 403, "Forbidden", "Forbidden: agentId is not allowed");
  }

  @Test
  @Tag("fault-10")
  @Tag("wire-64")
  void refusesABrowserWithoutAProofOfItsSessionOrWithAPlantedCookie() throws Exception {
    kas.gitlab()
        .on(
            PEOPLE,
            request ->
                request.body().contains("\"csrf_token\":\"right\"")
                    ? Reply.json(200, person("{\"agent\":{}}"))
                    : Reply.json(401, "{\"message\":\"CSRF token does not match\"}"));
    AgentStream agent = AgentStream.open(kas.agent());

    var without = get(PODS, "Cookie", "_gitlab_kas=key", "Gitlab-Agent-Id", "5").get();
    var wrong = browser("_gitlab_kas=key", "of-another-session").get();
    var planted = browser("_gitlab_kas=key; _gitlab_kas=planted", "right").get();
    var right = browser("_gitlab_kas=key", "right");
    request(agent);
    agent.answer(head(200), end());

    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.body()).contains("exactly one CSRF token must be provided");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertStatus(wrong.body(), 401, "Unauthorized", "Unauthorized");
    assertThat(planted.statusCode()).isEqualTo(401);
    assertThat(planted.headers().firstValue("Gitlab-Unauthorized")).contains("true");
    assertThat(right.get().statusCode()).isEqualTo(200);
  }

  @Test
  @Tag("fault-20")
  void refusesWhatTheCeilingDoesNotAllowAndWritesItDown() throws Exception {
    String ceiling = ",\"ceiling\":{\"subresources\":[\"log\"]}";
    kas.gitlab().onPath(JOBS, request -> Reply.json(200, job("{\"agent\":{}}", ceiling)));
    AgentStream agent = AgentStream.open(kas.agent());

    var answer =
        get("/api/v1/nodes/n/proxy/run", "Authorization", "Bearer ci:5:" + JOB_TOKEN).get();

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body())
        .contains(
            "Forbidden: the ceiling that the administrator set for this agent allows the"
                + " sub-resources log (asked: proxy)");
    JsonObject record = audited();
    assertThat(record.get("subresource").getAsString()).isEqualTo("proxy");
    assertThat(record.get("status").getAsInt()).isEqualTo(403);
    assertThat(record.get("refusal").getAsString()).contains("sub-resources log");
    assertThat(record.get("username").getAsString()).isEqualTo("root");
    assertThat(agent.isOpen()).as("nobody asked the agent").isTrue();
  }

  @Test
  @Tag("fault-2")
  void endsTheWatchOfAPersonWhoseAccessIsRevoked() throws Exception {
    kas.gitlab().on(PEOPLE, request -> Reply.json(200, person("{\"agent\":{}}")));
    AgentStream agent = AgentStream.open(kas.agent());
    var answer =
        http.sendAsync(
            uri(PODS + "?watch=true", "Authorization", "Bearer pat:5:glpat-canary"),
            BodyHandlers.ofInputStream());
    request(agent);
    agent.header(java.util.Map.of()).message(head(200)).message(data("event\n"));
    try (InputStream body = answer.get().body();
        BufferedReader events =
            new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      assertThat(events.readLine()).isEqualTo("event");
      kas.gitlab().on(PEOPLE, request -> Reply.status(403));

      assertThatThrownBy(events::readLine).isInstanceOf(IOException.class);
    }
    await().until(() -> !agent.isOpen());
    var again = get(PODS, "Authorization", "Bearer pat:5:glpat-canary").get();
    assertThat(again.statusCode()).isEqualTo(401);
  }

  private java.util.concurrent.CompletableFuture<java.net.http.HttpResponse<String>> get(
      String path, String... headers) {
    return http.sendAsync(uri(path, headers), BodyHandlers.ofString());
  }

  private java.util.concurrent.CompletableFuture<java.net.http.HttpResponse<String>> browser(
      String cookie, String csrf) {
    return get(PODS, "Cookie", cookie, "Gitlab-Agent-Id", "5", "X-Csrf-Token", csrf);
  }

  private java.net.http.HttpRequest uri(String path, String... headers) {
    InetSocketAddress address = (InetSocketAddress) kas.kas().kubernetesApiAddress().orElseThrow();
    return java.net.http.HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + address.getPort() + path))
        .timeout(Duration.ofSeconds(30))
        .headers(headers)
        .build();
  }

  /** The one record that reached GitLab. */
  private JsonObject audited() {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> !kas.gitlab().asked("audit_records").isEmpty());
    List<JsonElement> records =
        JsonParser.parseString(kas.gitlab().asked("audit_records").getFirst().body())
            .getAsJsonObject()
            .getAsJsonArray("records")
            .asList();
    assertThat(records).hasSize(1);
    return records.getFirst().getAsJsonObject();
  }

  /** Reads a request to its end. */
  private static HttpRequest.Header request(AgentStream agent) throws Exception {
    assertThat(agent.next().getRequestInfo().getMethodName()).isEqualTo("/" + AgentStream.METHOD);
    Optional<HttpRequest.Header> header = Optional.empty();
    while (true) {
      HttpRequest message = HttpRequest.parseFrom(agent.next().getMessage().getData());
      if (message.hasHeader()) {
        header = Optional.of(message.getHeader());
      }
      if (message.hasTrailer()) {
        return header.orElseThrow();
      }
    }
  }

  private static ByteString head(int status) {
    io.mooring.wire.prototool.HttpResponse head =
        io.mooring.wire.prototool.HttpResponse.newBuilder()
            .setStatusCode(status)
            .setStatus(status + " OK")
            .putHeader("Content-Type", Values.newBuilder().addValue("application/json").build())
            .build();
    return HttpResponse.newBuilder()
        .setHeader(HttpResponse.Header.newBuilder().setResponse(head))
        .build()
        .toByteString();
  }

  private static ByteString data(String text) {
    return HttpResponse.newBuilder()
        .setData(HttpResponse.Data.newBuilder().setData(ByteString.copyFromUtf8(text)))
        .build()
        .toByteString();
  }

  private static ByteString end() {
    return HttpResponse.newBuilder()
        .setTrailer(HttpResponse.Trailer.getDefaultInstance())
        .build()
        .toByteString();
  }

  private static void assertStatus(String body, int code, String reason, String message) {
    JsonObject status = JsonParser.parseString(body).getAsJsonObject();
    assertThat(status.get("kind").getAsString()).isEqualTo("Status");
    assertThat(status.get("code").getAsInt()).isEqualTo(code);
    assertThat(status.get("reason").getAsString()).isEqualTo(reason);
    assertThat(status.get("message").getAsString()).isEqualTo("GitLab Agent Server: " + message);
  }

  private static String job(String accessAs, String more) {
    return """
    {"allowed_agents":[{"id":5,"config_project":{"id":3},"configuration":{"access_as":%s}%s}],
     "job":{"id":7},"pipeline":{"id":6},"project":{"id":150,"groups":[{"id":23}]},
     "user":{"id":1,"username":"root"}}
    """
        .formatted(accessAs, more);
  }

  private static String person(String accessAs) {
    return """
    {"agent":{"id":5,"config_project":{"id":3}},"user":{"id":42,"username":"ann"},"access_as":%s}
    """
        .formatted(accessAs);
  }
}
