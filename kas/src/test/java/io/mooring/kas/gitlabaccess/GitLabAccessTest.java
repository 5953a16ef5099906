package io.mooring.kas.gitlabaccess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.mooring.kas.config.GitLabSettings;
import io.mooring.kas.config.TokenBucket;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.ScriptedGitLab;
import io.mooring.kas.gitlab.ScriptedGitLab.Asked;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.kas.rpc.FeatureServer;
import io.mooring.protocol.http.Headers;
import io.mooring.protocol.http.HttpMessages;
import io.mooring.protocol.secret.Secret;
import io.mooring.wire.gitlabaccess.rpc.GitlabAccessGrpc;
import io.mooring.wire.gitlabaccess.rpc.HeaderExtra;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import io.mooring.wire.prototool.Values;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitLabAccessTest {
  private static final String MODULE = "/api/v4/internal/kubernetes/modules/remote_development";
  private static final Any EXTRA =
      Any.pack(HeaderExtra.newBuilder().setModuleName("remote_development").build());

  private final ScriptedGitLab gitlab = ScriptedGitLab.start();
  private final GitLabApi api =
      new GitLabApi(
          new GitLabSettings(
              gitlab.url(),
              Optional.empty(),
              Path.of("unused"),
              Optional.empty(),
              new TokenBucket(50, 250)),
          Secret.of("0123456789abcdef0123456789abcdef"),
          InstantSource.system());
  private FeatureServer server;

  @BeforeEach
  void start() throws Exception {
    server = new FeatureServer(new GitLabAccess(api));
  }

  @AfterEach
  void stop() {
    server.close();
    api.close();
    gitlab.close();
  }

  /** An answer put together. */
  private record Answered(HttpResponse.Header header, ByteString body) {}

  @Test
  @Tag("wire-82")
  void carriesARequestToItsModuleAndTheAnswerBack() throws Exception {
    gitlab.onPath(
        MODULE + "/prerequisites/a%20b",
        request -> new Reply(201, Map.of("Content-Type", "text/x", "X-Answer", "yes"), "answer"));

    Answered answered =
        exchange(
            header("PUT", "/prerequisites/a b", "Content-Type", "text/y"),
            data("re"),
            data("quest"),
            HttpMessages.requestEnd());

    Asked asked = gitlab.asked().getFirst();
    assertThat(asked.method()).isEqualTo("PUT");
    assertThat(asked.query()).isEqualTo("q=1&q=%C3%A4%26");
    assertThat(asked.body()).isEqualTo("request");
    assertThat(asked.header("Content-Type")).contains("text/y");
    assertThat(asked.header("X-Of-Agent")).contains("kept");
    assertThat(asked.header("Authorization")).contains("Bearer glagent-test");
    assertThat(asked.header("Gitlab-Kas-Api-Request")).isPresent();
    assertThat(asked.header("User-Agent").orElseThrow()).startsWith("gitlab-kas/");
    assertThat(answered.header().getResponse().getStatusCode()).isEqualTo(201);
    assertThat(answered.header().getResponse().getStatus()).isEqualTo("201 Created");
    assertThat(answered.header().getResponse().getHeaderMap().get("X-Answer"))
        .isEqualTo(Values.newBuilder().addValue("yes").build());
    assertThat(answered.body().toStringUtf8()).isEqualTo("answer");
  }

  @ParameterizedTest
  @Tag("wire-82")
  @ValueSource(ints = {200, 302, 401, 402, 404, 501})
  void passesAnyStatusThroughAsData(int status) throws Exception {
    gitlab.onPath(MODULE + "/x", request -> Reply.json(status, "{\"message\":\"m\"}"));

    Answered answered = exchange(header("GET", "/x"), HttpMessages.requestEnd());

    assertThat(answered.header().getResponse().getStatusCode()).isEqualTo(status);
    assertThat(answered.body().toStringUtf8()).isEqualTo("{\"message\":\"m\"}");
    assertThat(gitlab.asked()).hasSize(1);
  }

  @Test
  @Tag("wire-82")
  @Tag("wire-81")
  void passesTheLastAnswerThroughWhenRetriesDoNotHelp() throws Exception {
    gitlab.onPath(MODULE + "/x", request -> Reply.json(500, "{}"));

    Answered answered = exchange(header("POST", "/x"), data("body"), HttpMessages.requestEnd());

    assertThat(answered.header().getResponse().getStatusCode()).isEqualTo(500);
    assertThat(gitlab.asked()).hasSize(5).allMatch(asked -> asked.body().equals("body"));
  }

  @Test
  void carriesALargeAnswerInChunks() throws Exception {
    String large = "0123456789".repeat(100_000);
    gitlab.onPath(MODULE + "/x", request -> Reply.json(200, large));

    Answered answered = exchange(header("GET", "/x"), HttpMessages.requestEnd());

    assertThat(answered.body().toStringUtf8()).isEqualTo(large);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/../usage_metrics", "/a/../../../agent_info", "/./x", "x"})
  void refusesAPathThatClimbsOutOfTheModule(String path) {
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        () -> exchange(header("GET", path), HttpMessages.requestEnd()));
    assertThat(gitlab.asked()).isEmpty();
  }

  @Test
  void escapesAModuleNameThatLooksLikeAPath() throws Exception {
    Any extra = Any.pack(HeaderExtra.newBuilder().setModuleName("../agent_info?x").build());
    HttpRequest header =
        HttpMessages.request(
            "GET", Headers.builder().build(), "/", Map.of(), Optional.of(extra), 0);

    exchange(header, HttpMessages.requestEnd());

    assertThat(gitlab.asked().getFirst().path())
        .isEqualTo("/api/v4/internal/kubernetes/modules/..%2Fagent_info%3Fx/");
  }

  @Test
  void refusesAnUpgrade() {
    assertStatus(
        Status.Code.UNAVAILABLE,
        () -> exchange(header("GET", "/x", "Upgrade", "websocket"), HttpMessages.requestEnd()));
  }

  @Test
  void refusesAHeaderWithoutModule() {
    HttpRequest header =
        HttpMessages.request("GET", Headers.builder().build(), "/x", Map.of(), Optional.empty(), 0);

    assertStatus(Status.Code.UNAVAILABLE, () -> exchange(header, HttpMessages.requestEnd()));
  }

  @Test
  void refusesABodyThatWasAnnouncedAsNone() {
    HttpRequest header =
        HttpMessages.request(
            "GET", Headers.builder().build(), "/x", Map.of(), Optional.of(EXTRA), 0);

    assertStatus(
        Status.Code.INTERNAL, () -> exchange(header, data("x"), HttpMessages.requestEnd()));
  }

  @Test
  @Tag("wire-30")
  void refusesMessagesOutOfOrder() {
    assertStatus(
        Status.Code.INVALID_ARGUMENT,
        () -> exchange(header("GET", "/x"), HttpMessages.requestEnd(), data("late")));
    assertStatus(Status.Code.INVALID_ARGUMENT, () -> exchange(data("early")));
  }

  @Test
  void saysThatGitLabIsNotThere() {
    gitlab.close();

    assertStatus(
        Status.Code.UNAVAILABLE, () -> exchange(header("GET", "/x"), HttpMessages.requestEnd()));
  }

  @Test
  void letsGoOfGitLabWhenTheAgentLeaves() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger interrupted = new AtomicInteger();
    gitlab.onPath(
        MODULE + "/x",
        request -> {
          release.await();
          interrupted.incrementAndGet();
          return Reply.status(200);
        });
    BlockingClientCall<HttpRequest, HttpResponse> call = call();
    call.write(header("GET", "/x"));
    call.write(HttpMessages.requestEnd());
    call.halfClose();
    await().until(() -> !gitlab.asked().isEmpty());

    call.cancel("the agent leaves", null);

    // The freed connection and thread serve the next one.
    gitlab.onPath(MODULE + "/y", request -> Reply.status(200));
    assertThat(exchange(header("GET", "/y"), HttpMessages.requestEnd()).body()).isEmpty();
    release.countDown();
    await().untilAtomic(interrupted, org.hamcrest.Matchers.is(1));
  }

  private Answered exchange(HttpRequest... messages) throws Exception {
    BlockingClientCall<HttpRequest, HttpResponse> call = call();
    for (HttpRequest message : messages) {
      if (!call.write(message)) {
        break;
      }
    }
    call.halfClose();
    List<HttpResponse> answers = new ArrayList<>();
    for (HttpResponse answer = call.read(); answer != null; answer = call.read()) {
      answers.add(answer);
    }
    assertThat(answers.getFirst().hasHeader()).isTrue();
    assertThat(answers.getLast().hasTrailer()).isTrue();
    ByteString body = ByteString.EMPTY;
    for (HttpResponse answer : answers.subList(1, answers.size() - 1)) {
      assertThat(answer.getData().getData().size()).isBetween(1, HttpMessages.CHUNK);
      body = body.concat(answer.getData().getData());
    }
    return new Answered(answers.getFirst().getHeader(), body);
  }

  private BlockingClientCall<HttpRequest, HttpResponse> call() {
    return ClientCalls.blockingBidiStreamingCall(
        server.channel(), GitlabAccessGrpc.getMakeRequestMethod(), CallOptions.DEFAULT);
  }

  private static HttpRequest header(String method, String path, String... header) {
    Headers.Builder headers =
        Headers.builder()
            .add("X-Of-Agent", "kept")
            .add("Authorization", "Bearer of-somebody-else")
            .add("Gitlab-Kas-Api-Request", "forged")
            .add("Host", "elsewhere")
            .add("User-Agent", "agent");
    for (int i = 0; i < header.length; i += 2) {
      headers.add(header[i], header[i + 1]);
    }
    Map<String, Values> query =
        Map.of("q", Values.newBuilder().addValue("1").addValue("ä&").build());
    return HttpMessages.request(
        method, headers.build(), path, query, Optional.of(EXTRA), HttpMessages.UNKNOWN_LENGTH);
  }

  private static HttpRequest data(String text) {
    return HttpMessages.requestData(ByteString.copyFromUtf8(text));
  }

  private static void assertStatus(
      Status.Code code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(StatusException.class)
        .satisfies(e -> assertThat(Status.fromThrowable(e).getCode()).isEqualTo(code));
  }
}
