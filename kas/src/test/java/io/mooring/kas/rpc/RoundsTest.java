package io.mooring.kas.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.mooring.kas.rpc.Rounds.Outcome;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class RoundsTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final InstantSource CLOCK = InstantSource.system();
  private static final MethodDescriptor<StringValue, StringValue> METHOD =
      MethodDescriptor.<StringValue, StringValue>newBuilder()
          .setType(MethodType.SERVER_STREAMING)
          .setFullMethodName("test.Rounds/Look")
          .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .build();

  /** What the looks of the test come to, in turn; a look waits for the next one. */
  private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();

  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger closings = new AtomicInteger();
  private final AtomicReference<Runnable> notice = new AtomicReference<>(() -> {});
  private final AtomicReference<Thread> lookingThread =
      new AtomicReference<>(Thread.currentThread());
  private Optional<Status> failure = Optional.empty();
  private Duration interval = LONG;
  private Duration pause = Duration.ofMillis(1);
  private FeatureServer server;

  @BeforeEach
  void begin() throws Exception {
    server =
        new FeatureServer(
            new Feature() {
              @Override
              public List<ServerServiceDefinition> agentServices() {
                return List.of(
                    ServerServiceDefinition.builder("test.Rounds")
                        .addMethod(
                            METHOD,
                            ServerCalls.asyncServerStreamingCall((request, responses) ->
                                Rounds.serve(
                                    responses,
                                    new Rounds.Pace(interval, backoff()),
                                    RoundsTest.this::open)))
                        .build());
              }
            });
  }

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void endsWhenALookIsDone() throws Exception {
    outcomes.addAll(List.of(Outcome.RETRY, Outcome.RETRY, Outcome.DONE));

    assertThat(answers(call())).containsExactly("1", "2", "3");
    assertThat(closings).hasValue(1);
  }

  @Test
  void looksAgainAfterTheInterval() throws Exception {
    interval = Duration.ofMillis(5);
    outcomes.addAll(List.of(Outcome.WAIT, Outcome.WAIT, Outcome.DONE));

    assertThat(answers(call())).containsExactly("1", "2", "3");
  }

  @Test
  void looksAgainAtOnceAfterANoticeWhileItWaits() throws Exception {
    outcomes.add(Outcome.WAIT);
    var call = call();
    assertThat(call.read().getValue()).isEqualTo("1");

    outcomes.add(Outcome.DONE);
    // Until the first look has returned a notice is one for after it.
    notice.get().run();

    assertThat(answers(call)).containsExactly("2");
  }

  @Test
  void looksOnceMoreForAllNoticesDuringALook() throws Exception {
    var call = call();
    // The look that sent it waits for its outcome.
    assertThat(call.read().getValue()).isEqualTo("1");
    notice.get().run();
    notice.get().run();

    outcomes.addAll(List.of(Outcome.WAIT, Outcome.WAIT));
    assertThat(call.read().getValue()).isEqualTo("2");
    server.expire();

    assertThat(answers(call)).isEmpty();
    assertThat(looks).hasValue(2);
  }

  @Test
  void doesNotLetANoticeCutABackOffShort() throws Exception {
    pause = Duration.ofMillis(300);
    outcomes.add(Outcome.RETRY);
    long start = System.nanoTime();
    var call = call();
    assertThat(call.read().getValue()).isEqualTo("1");

    notice.get().run();
    outcomes.add(Outcome.DONE);

    assertThat(answers(call)).containsExactly("2");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(290));
  }

  @ParameterizedTest
  @EnumSource(names = {"WAIT", "RETRY", "HOLD"})
  void endsWithOkInAnyWaitWhenTheConnectionGotOld(Outcome outcome) throws Exception {
    pause = LONG;
    outcomes.add(outcome);
    var call = call();
    var _ = call.read();

    server.expire();

    assertThat(answers(call)).isEmpty();
    assertThat(closings).hasValue(1);
    assertThat(looks).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"WAIT", "RETRY", "HOLD"})
  void closesInAnyWaitWhenTheClientLeaves(Outcome outcome) throws Exception {
    pause = LONG;
    outcomes.add(outcome);
    var call = call();
    var _ = call.read();

    call.cancel("the test leaves", null);

    await().atMost(PATIENCE).untilAtomic(closings, Matchers.is(1));
    assertThat(looks).hasValue(1);
  }

  @Test
  void holdsNoThreadWhileItWaits() throws Exception {
    outcomes.add(Outcome.WAIT);
    var call = call();
    var _ = call.read();

    await().atMost(PATIENCE).until(() -> !lookingThread.get().isAlive());

    server.expire();
    assertThat(answers(call)).isEmpty();
  }

  @Test
  void endsWithTheStatusOfALook() {
    failure = Optional.of(Status.NOT_FOUND.withDescription("no such branch"));

    assertThatThrownBy(() -> answers(call()))
        .isInstanceOfSatisfying(
            StatusException.class,
            e ->
                assertThat(e.getStatus().toString())
                    .contains("NOT_FOUND")
                    .contains("no such branch"));
    assertThat(closings).hasValue(1);
  }

  @Test
  void retriesOnlyWhatIsUnavailable() throws Exception {
    assertThat(Rounds.retryIfUnavailable(Status.UNAVAILABLE.asException()))
        .isEqualTo(Outcome.RETRY);
    assertThatThrownBy(() -> Rounds.retryIfUnavailable(Status.PERMISSION_DENIED.asException()))
        .isInstanceOf(StatusException.class);
  }

  private Rounds.Look open(ResponseStream<StringValue> stream, Runnable wake) {
    notice.set(wake);
    return new Rounds.Look() {
      @Override
      public Outcome run() throws StatusException, InterruptedException {
        lookingThread.set(Thread.currentThread());
        int look = looks.incrementAndGet();
        if (failure.isPresent()) {
          throw failure.get().asException();
        }
        stream.send(StringValue.of(String.valueOf(look)));
        return outcomes.take();
      }

      @Override
      public void close() {
        closings.incrementAndGet();
      }
    };
  }

  private BlockingClientCall<StringValue, StringValue> call() {
    return ClientCalls.blockingV2ServerStreamingCall(
        server.channel(), METHOD, CallOptions.DEFAULT, StringValue.getDefaultInstance());
  }

  private static List<String> answers(BlockingClientCall<StringValue, StringValue> call)
      throws Exception {
    List<String> answers = new ArrayList<>();
    for (StringValue next = call.read(); next != null; next = call.read()) {
      answers.add(next.getValue());
    }
    return answers;
  }

  private Backoff backoff() {
    return new Backoff(
        new BackoffPolicy(pause, pause, LONG, 1, 0), CLOCK, RandomGenerator.getDefault());
  }
}
