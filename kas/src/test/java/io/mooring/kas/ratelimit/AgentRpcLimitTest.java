package io.mooring.kas.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Empty;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.observability.KasMetrics;
import io.mooring.kas.store.Key;
import io.mooring.kas.store.LimitedCounters;
import io.mooring.kas.store.MemoryStore;
import io.mooring.kas.store.StoreException;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.time.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AgentRpcLimitTest {
  private static final String TUNNEL = "test.Tunnel/Connect";
  private static final String OTHER = "test.Other/Call";
  private static final int LIMIT = 3;

  private final FakeClock clock = new FakeClock();
  private final KasMetrics metrics = new KasMetrics();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicReference<LimitedCounters> store =
      new AtomicReference<>(new MemoryStore(clock).counters());
  private final AgentRpcLimit rules =
      new AgentRpcLimit(
          (key, limit, ttl) -> {
            asked.incrementAndGet();
            return store.get().tryIncrement(key, limit, ttl);
          },
          Set.of(TUNNEL),
          LIMIT,
          clock,
          metrics.rateExceeded());

  @Test
  @Tag("wire-61")
  void refusesTheRpcAfterTheLast() {
    for (int i = 0; i < LIMIT; i++) {
      assertThat(call("a", i == 0 ? TUNNEL : OTHER)).isEqualTo("OK");
    }

    assertThat(call("a", TUNNEL)).isEqualTo(refusal());
    assertThat(call("b", TUNNEL)).isEqualTo("OK");
    assertThat(metrics.rateExceeded().get()).isEqualTo(1);
    clock.advance(Duration.ofMinutes(1));
    assertThat(call("a", TUNNEL)).isEqualTo("OK");
  }

  @Test
  @Tag("wire-61")
  @Tag("fault-41")
  void refusesEverythingNewWhenTheStoreIsGone() {
    assertThat(call("a", TUNNEL)).isEqualTo("OK");
    store.set(AgentRpcLimitTest::gone);

    assertThat(call("a", OTHER)).isEqualTo(refusal());
    assertThat(call("new", TUNNEL)).isEqualTo(refusal());
    assertThat(metrics.rateExceeded().get()).as("nobody exceeded anything").isZero();
  }

  @Test
  @Tag("fault-41")
  void letsAgentsThatAreHereOpenTunnelsWithoutTheStoreUpToTheLimit() {
    assertThat(call("a", OTHER)).isEqualTo("OK");
    store.set(AgentRpcLimitTest::gone);

    for (int i = 0; i < LIMIT; i++) {
      assertThat(call("a", TUNNEL)).isEqualTo("OK");
    }

    assertThat(call("a", TUNNEL)).isEqualTo(refusal());
    assertThat(metrics.rateExceeded().get()).isEqualTo(1);
    clock.advance(Duration.ofMinutes(1));
    assertThat(call("a", TUNNEL)).isEqualTo("OK");
    assertThat(call("a", OTHER)).isEqualTo(refusal());
  }

  @Test
  @Tag("fault-41")
  void doesNotWaitForAStoreThatHangs() throws Exception {
    assertThat(call("a", TUNNEL)).isEqualTo("OK");
    CountDownLatch end = new CountDownLatch(1);
    store.set((key, limit, ttl) -> {
      awaitEnd(end);
      throw new StoreException("too late");
    });
    int before = asked.get();

    assertThat(call("a", TUNNEL)).isEqualTo("OK");
    assertThat(call("a", TUNNEL)).isEqualTo("OK");
    assertThat(asked.get()).as("and leaves it in peace").isEqualTo(before + 1);

    store.set(new MemoryStore(clock).counters());
    end.countDown();
    clock.advance(AgentRpcLimit.SUSPICION);
    assertThat(call("a", TUNNEL)).isEqualTo("OK");
    assertThat(asked.get()).isEqualTo(before + 2);
  }

  @Test
  @Tag("fault-41")
  void forgetsAnAgentThatHasNotCalledForHours() {
    assertThat(call("a", TUNNEL)).isEqualTo("OK");
    clock.advance(Duration.ofHours(4));
    store.set(AgentRpcLimitTest::gone);

    assertThat(call("a", TUNNEL)).isEqualTo(refusal());
  }

  @Test
  void holdsNoThreadWhileTheStoreThinksAndLosesNothingThatHappensMeanwhile() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    store.set((key, limit, ttl) -> {
      awaitEnd(end);
      return true;
    });
    List<String> seen = new CopyOnWriteArrayList<>();
    Recorded call = new Recorded(TUNNEL);

    ServerCall.Listener<Empty> listener = start("a", call, new Noting(seen));
    listener.onReady();
    listener.onHalfClose();
    assertThat(call.outcome).isNotDone();
    end.countDown();

    assertThat(call.outcome.get(30, TimeUnit.SECONDS)).isEqualTo(Status.OK);
    listener.onCancel();
    await().untilAsserted(() -> assertThat(seen).containsExactly("ready", "half-close", "cancel"));
  }

  @Test
  void saysNothingToAHandlerOfWhatItRefused() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    Recorded call = new Recorded(TUNNEL);
    store.set(AgentRpcLimitTest::gone);

    ServerCall.Listener<Empty> listener = start("a", call, new Noting(seen));
    listener.onHalfClose();

    assertThat(call.outcome.get(30, TimeUnit.SECONDS).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    listener.onComplete();
    assertThat(seen).isEmpty();
  }

  private static final class Noting extends ServerCall.Listener<Empty> {
    private final List<String> seen;

    Noting(List<String> seen) {
      this.seen = seen;
    }

    @Override
    public void onReady() {
      seen.add("ready");
    }

    @Override
    public void onHalfClose() {
      seen.add("half-close");
    }

    @Override
    public void onCancel() {
      seen.add("cancel");
    }

    @Override
    public void onComplete() {
      seen.add("complete");
    }
  }

  private static void awaitEnd(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean gone(Key key, long limit, Duration ttl) throws StoreException {
    throw new StoreException("gone");
  }

  private static String refusal() {
    return "RESOURCE_EXHAUSTED: new connection rate limit exhausted for this agent, try again later";
  }

  /** {@code OK}, or why it was refused. */
  private String call(String token, String method) {
    Recorded call = new Recorded(method);
    start(token, call, new ServerCall.Listener<>() {});
    Status status = call.outcome.orTimeout(30, TimeUnit.SECONDS).join();
    return status.isOk() ? "OK" : status.getCode() + ": " + status.getDescription();
  }

  private ServerCall.Listener<Empty> start(
      String token, Recorded call, ServerCall.Listener<Empty> handler) {
    Context context = new AgentToken(Secret.of(token + "-token-of-an-agent")).within(Context.ROOT);
    AtomicReference<ServerCall.Listener<Empty>> listener = new AtomicReference<>();
    context.run(() ->
        listener.set(
            rules.interceptCall(
                call,
                new Metadata(),
                (allowed, headers) -> {
                  assertThat(AgentToken.current()).isNotNull();
                  call.outcome.complete(Status.OK);
                  return handler;
                })));
    return listener.get();
  }

  /** A call that remembers how it was closed. */
  private static final class Recorded extends ServerCall<Empty, Empty> {
    private final String method;
    private final CompletableFuture<Status> outcome = new CompletableFuture<>();

    Recorded(String method) {
      this.method = method;
    }

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(Empty message) {}

    @Override
    public void close(Status end, Metadata trailers) {
      outcome.complete(end);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public Attributes getAttributes() {
      return Attributes.EMPTY;
    }

    @Override
    public MethodDescriptor<Empty, Empty> getMethodDescriptor() {
      return MethodDescriptor.<Empty, Empty>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(method)
          .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .build();
    }
  }
}
