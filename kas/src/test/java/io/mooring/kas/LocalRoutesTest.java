package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.routing.RoutedAgent;
import io.mooring.kas.tunnel.AgentStream;
import io.mooring.kas.tunnel.Caller;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import io.mooring.wire.kubernetesapi.rpc.KubernetesApiGrpc;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way to an agent that is connected to the same kas. */
@TestInstance(Lifecycle.PER_CLASS)
class LocalRoutesTest {
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");

  private KasFixture kas;

  @BeforeAll
  void start(@TempDir Path directory) {
    kas = KasFixture.start(directory);
  }

  @AfterAll
  void stop() {
    kas.close();
  }

  @Test
  void carriesACallToAnAgent() throws Exception {
    AgentStream agent = AgentStream.open(kas.agent());
    Caller caller = call(headers()).send(HELLO).halfClose();

    assertThat(agent.next().getRequestInfo().getMethodName()).isEqualTo("/" + AgentStream.METHOD);
    assertThat(agent.next().getMessage().getData()).isEqualTo(HELLO);
    assertThat(agent.next().hasCloseSend()).isTrue();
    agent.answer(HELLO);

    assertThat(caller.next()).isEqualTo(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    assertThat(agent.end()).isEqualTo(Status.OK);
  }

  @Test
  void waitsForAnAgentThatIsAboutToConnect() throws Exception {
    Caller caller = call(headers()).send(HELLO).halfClose();
    assertThat(caller.isReady()).isFalse();

    AgentStream agent = AgentStream.open(kas.agent());

    agent.next();
    assertThat(agent.next().getMessage().getData()).isEqualTo(HELLO);
    agent.answer(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  @Test
  void speaksWithStubsOfAnyKind() throws Exception {
    AgentStream agent = AgentStream.open(kas.agent());
    CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    HttpRequest request =
        HttpRequest.newBuilder().setTrailer(HttpRequest.Trailer.getDefaultInstance()).build();

    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      ClientCall<HttpRequest, HttpResponse> call =
          kas.kas()
              .agents()
              .newCall(
                  KubernetesApiGrpc.getMakeRequestMethod(),
                  CallOptions.DEFAULT.withExecutor(threads));
      StreamObserver<HttpRequest> requests =
          ClientCalls.asyncBidiStreamingCall(
              new WithHeaders<>(call, headers()),
              new StreamObserver<>() {
                @Override
                public void onNext(HttpResponse response) {
                  answer.complete(response);
                }

                @Override
                public void onError(Throwable failure) {
                  answer.completeExceptionally(failure);
                }

                @Override
                public void onCompleted() {}
              });
      requests.onNext(request);
      requests.onCompleted();

      agent.next();
      assertThat(HttpRequest.parseFrom(agent.next().getMessage().getData())).isEqualTo(request);
      HttpResponse response =
          HttpResponse.newBuilder().setTrailer(HttpResponse.Trailer.getDefaultInstance()).build();
      agent.answer(response.toByteString());
      assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(response);
    }
  }

  @Test
  void endsACallWhoseAnswerCannotBeRead() throws Exception {
    AgentStream agent = AgentStream.open(kas.agent());
    CompletableFuture<Status> end = new CompletableFuture<>();
    ClientCall<HttpRequest, HttpResponse> call =
        kas.kas().agents().newCall(KubernetesApiGrpc.getMakeRequestMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        headers());
    call.request(2);
    agent.next();

    agent.header(java.util.Map.of()).message(ByteString.copyFrom(new byte[] {-1, -1, -1}));

    assertThat(end.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(agent.end().getCode()).isEqualTo(Status.Code.CANCELLED);
  }

  @Test
  @Tag("wire-55")
  void wantsExactlyOneAgent() throws Exception {
    Metadata two = headers();
    two.put(RoutedAgent.ID, "6");
    Metadata none = new Metadata();
    Metadata text = new Metadata();
    text.put(RoutedAgent.ID, "x");

    assertThat(call(two).end().status().getDescription())
        .isEqualTo("Expecting a single kas-hop-routing-agent-id, got 2");
    assertThat(call(none).end().status().getDescription())
        .isEqualTo("Expecting a single kas-hop-routing-agent-id, got 0");
    assertThat(call(text).end().status().getDescription())
        .isEqualTo("Invalid kas-hop-routing-agent-id");
    assertThat(call(text).end().status().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void endsTheSearchWhenItsCallerGivesUp() throws Exception {
    Metadata headers = new Metadata();
    RoutedAgent.set(headers, 4711);
    Caller caller = call(headers);

    caller.cancel("tired of waiting");

    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(caller.end().status().getDescription())
        .isEqualTo("RouteToKasStreamHandler request aborted: tired of waiting");
    assertThat(kas.observability("/metrics"))
        .containsPattern(
            "k8s_api_proxy_routing_duration_seconds_count\\{status=\"aborted\"} [1-9]");
  }

  @Test
  void endsTheSearchAtTheDeadline() throws Exception {
    Metadata headers = new Metadata();
    RoutedAgent.set(headers, 4711);

    Caller caller =
        Caller.start(
            kas.kas()
                .agents()
                .newCall(
                    RawMessages.method(AgentStream.METHOD),
                    CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS)),
            headers);

    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(caller.end().status().getDescription())
        .startsWith("RouteToKasStreamHandler request aborted: ");
  }

  @Test
  void keepsLittleOfWhatIsSentBeforeTheAgentIsFound() throws Exception {
    Metadata headers = new Metadata();
    RoutedAgent.set(headers, 4711);
    ByteString megabyte = UnsafeByteOperations.unsafeWrap(new byte[1024 * 1024]);
    Caller caller = call(headers);
    for (int i = 0; i < 5; i++) {
      caller.send(megabyte);
    }

    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @ParameterizedTest
  @Tag("wire-48")
  @ValueSource(ints = {0, 1, 100_000, 4_000_000, 4 * 1024 * 1024})
  void carriesMessagesOfEverySizeUnchanged(int size) throws Exception {
    ByteString bytes = bytes(size);
    // Agents of the original take 4 MiB with what is around the message, and so do test clients.
    boolean both = size <= 4_000_000;
    AgentStream agent = AgentStream.open(kas.agent());
    Caller caller = call(headers());
    agent.next();

    if (both) {
      caller.send(bytes);
      assertThat(agent.next().getMessage().getData().equals(bytes)).isTrue();
    }
    agent.answer(bytes);

    assertThat(caller.next().equals(bytes)).isTrue();
    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  @Test
  void servesManyCallsAtOnce() throws Exception {
    int calls = 100;
    List<AgentStream> agents = new CopyOnWriteArrayList<>();
    List<Caller> callers = new CopyOnWriteArrayList<>();
    for (int i = 0; i < calls; i++) {
      callers.add(call(headers()).send(HELLO).halfClose());
      agents.add(AgentStream.open(kas.agent()));
    }

    for (AgentStream agent : agents) {
      agent.next();
      agent.answer(agent.next().getMessage().getData());
    }

    for (Caller caller : callers) {
      assertThat(caller.next()).isEqualTo(HELLO);
      assertThat(caller.end().status()).isEqualTo(Status.OK);
    }
    await().until(() -> agents.stream().noneMatch(AgentStream::isOpen));
  }

  private Caller call(Metadata headers) {
    return Caller.start(
        kas.kas().agents().newCall(RawMessages.method(AgentStream.METHOD), CallOptions.DEFAULT),
        headers);
  }

  private static Metadata headers() {
    Metadata headers = new Metadata();
    RoutedAgent.set(headers, 5);
    return headers;
  }

  private static ByteString bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /** Starts a call with these headers. */
  private static final class WithHeaders<Q, R>
      extends io.grpc.ForwardingClientCall.SimpleForwardingClientCall<Q, R> {
    private final Metadata headers;

    WithHeaders(ClientCall<Q, R> call, Metadata headers) {
      super(call);
      this.headers = headers;
    }

    @Override
    public void start(Listener<R> listener, Metadata ignored) {
      super.start(listener, headers);
    }
  }
}
