package io.mooring.agentk.tunnel;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.mooring.agentk.kas.CarriedCall;
import io.mooring.agentk.kas.CarriedCall.Event;
import io.mooring.wire.prototool.Values;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest.MsgCase;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.RequestInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TunnelTest {
  private static final int FOUR_MIB = 4 * 1024 * 1024;

  @Test
  @Tag("wire-48")
  void passesMessagesOfEverySizeUnchanged() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      var call = fixture.kas.tunnels().call(Echo.METHOD).request(1_000);
      var random = new Random(1);
      List<ByteString> sent = new ArrayList<>();
      for (int size : new int[] {0, 1, 2, 127, 128, 16_383, 16_384, 32_768, 65_537, FOUR_MIB, 0}) {
        var bytes = new byte[size];
        random.nextBytes(bytes);
        sent.add(ByteString.copyFrom(bytes));
        call.send(sent.getLast());
      }
      call.closeSend();

      var answer = call.answer();

      assertThat(answer.messages()).isEqualTo(sent);
      assertThat(answer.code()).isEqualTo(Status.Code.OK);
      assertThat(fixture.kas.tunnels().faults()).isEmpty();
    }
  }

  @Test
  void carriesMetadataBothWaysButNoneOfOneHop() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      var call =
          fixture
              .kas
              .tunnels()
              .call(
                  RequestInfo.newBuilder()
                      .setMethodName("/" + Echo.METHOD)
                      .putMeta("x-own", Values.newBuilder().addValue("a").addValue("b").build())
                      .putMeta(":authority", Values.newBuilder().addValue("kas").build())
                      .putMeta("content-type", Values.newBuilder().addValue("text/html").build())
                      .putMeta("grpc-timeout", Values.newBuilder().addValue("1S").build())
                      .build());

      var header = call.nextMessage().getHeader();

      assertThat(header.getMetaMap()).containsOnlyKeys("x-own");
      assertThat(header.getMetaOrThrow("x-own").getValueList()).containsExactly("a", "b");
      call.closeSend().answer();
    }
  }

  @Test
  @Tag("wire-44")
  void endsAFailedCallWithHeaderTrailerAndError() throws Exception {
    try (var fixture =
        new PoolFixture(
            Echo.service((call, headers) -> {
              var failure =
                  StatusProto.toStatusRuntimeException(
                      com.google.rpc.Status.newBuilder()
                          .setCode(Status.Code.FAILED_PRECONDITION.value())
                          .setMessage("not now")
                          .addDetails(
                              com.google.protobuf.Any.pack(
                                  Duration.newBuilder().setSeconds(7).build()))
                          .build());
              call.close(failure.getStatus(), failure.getTrailers());
              return new ServerCall.Listener<>() {};
            }))) {
      var call = fixture.kas.tunnels().call(Echo.METHOD);

      assertThat(call.nextMessage().getMsgCase()).isEqualTo(MsgCase.HEADER);
      assertThat(call.nextMessage().getMsgCase()).isEqualTo(MsgCase.TRAILER);
      var error = call.nextMessage().getError().getStatus();
      assertThat(call.next()).isEqualTo(new Event.HalfClosed());
      call.end(Status.OK);

      assertThat(error.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION.value());
      assertThat(error.getMessage()).isEqualTo("not now");
      assertThat(error.getDetails(0).unpack(Duration.class).getSeconds()).isEqualTo(7);
      await().atMost(SOON).untilAsserted(() -> assertThat(fixture.active).isZero());
      // The tunnel was used as it should be: the next one is opened without a pause.
      assertThat(fixture.clock.waiting()).isZero();
    }
  }

  @Test
  void refusesAMethodItDoesNotHave() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      var answer = fixture.kas.tunnels().call("test.Echo/Other").answer();

      assertThat(answer.code()).isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(answer.status().getMessage()).isEqualTo("unknown method /test.Echo/Other");
    }
  }

  @Test
  void endsTheCallOfAServiceThatFailsAndServesTheNext() throws Exception {
    var calls = new AtomicInteger();
    ServerCallHandler<ByteString, ByteString> faulty =
        (call, headers) -> {
          if (calls.incrementAndGet() == 1) {
            throw new IllegalStateException("a fault");
          }
          call.close(Status.OK, new Metadata());
          return new ServerCall.Listener<>() {};
        };
    try (var fixture = new PoolFixture(Echo.service(faulty))) {
      var first = fixture.kas.tunnels().call(Echo.METHOD).answer();
      var second = fixture.kas.tunnels().call(Echo.METHOD).answer();

      assertThat(first.code()).isEqualTo(Status.Code.UNKNOWN);
      assertThat(first.status().getMessage()).doesNotContain("a fault");
      assertThat(second.code()).isEqualTo(Status.Code.OK);
    }
  }

  @Test
  @Tag("wire-46")
  void cancelsTheServiceWhenKasGivesUp() throws Exception {
    var cancelled = new CountDownLatch(1);
    try (var fixture = new PoolFixture(Echo.service(waiting(cancelled)))) {
      var call = fixture.kas.tunnels().call(Echo.METHOD).send(ByteString.copyFromUtf8("a"));
      await().atMost(SOON).untilAsserted(() -> assertThat(fixture.active).isEqualTo(1));

      call.cancel();

      assertThat(cancelled.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      await().atMost(SOON).untilAsserted(() -> assertThat(fixture.active).isZero());
    }
  }

  @Test
  @Tag("wire-46")
  void cancelsAServiceThatTakesNothingAlthoughMessagesWaitForIt() throws Exception {
    var cancelled = new CountDownLatch(1);
    try (var fixture = new PoolFixture(Echo.service(waiting(cancelled)))) {
      var call = fixture.kas.tunnels().call(Echo.METHOD);
      for (int i = 0; i < 10; i++) {
        call.send(ByteString.copyFrom(new byte[10_000]));
      }

      call.cancel();

      assertThat(cancelled.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void cancelsTheServiceWhenTheConnectionIsLost() throws Exception {
    var cancelled = new CountDownLatch(1);
    try (var fixture = new PoolFixture(Echo.service(waiting(cancelled)))) {
      var _ = fixture.kas.tunnels().call(Echo.METHOD).send(ByteString.copyFromUtf8("a"));
      await().atMost(SOON).untilAsserted(() -> assertThat(fixture.active).isEqualTo(1));

      fixture.kas.close();

      assertThat(cancelled.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  @Tag("fault-31")
  void breaksAStreamOffWhoseMessagesAreOutOfOrderAndOpensAnotherOne() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      var raw = fixture.kas.tunnels().take().raw();
      raw.send(ByteString.copyFromUtf8("data before a request"));
      assertThat(raw.next()).isEqualTo(new Event.Cancelled());

      var twice = fixture.kas.tunnels().call(Echo.METHOD);
      twice.sendRaw(
          ConnectResponse.newBuilder()
              .setRequestInfo(RequestInfo.newBuilder().setMethodName("/" + Echo.METHOD))
              .build());
      assertThat(skipMessages(twice)).isEqualTo(new Event.Cancelled());

      var afterEnd = fixture.kas.tunnels().take().raw();
      afterEnd.sendRaw(ConnectResponse.getDefaultInstance());
      assertThat(afterEnd.next()).isEqualTo(new Event.Cancelled());

      // A pause follows each of these, as after other failures.
      fixture.clock.awaitWaiting(1, SOON);
      var call = fixture.kas.tunnels().call(Echo.METHOD).closeSend();
      assertThat(call.answer().code()).isEqualTo(Status.Code.OK);
    }
  }

  @Test
  void takesNoMoreThanTheServiceDoes() throws Exception {
    var call = new AtomicReference<ServerCall<ByteString, ByteString>>();
    var received = new AtomicInteger();
    ServerCallHandler<ByteString, ByteString> slow =
        (started, headers) -> {
          call.set(started);
          return new ServerCall.Listener<>() {
            @Override
            public void onMessage(ByteString message) {
              received.incrementAndGet();
            }
          };
        };
    try (var fixture = new PoolFixture(Echo.service(slow))) {
      var sender = fixture.kas.tunnels().call(Echo.METHOD);
      ByteString piece = ByteString.copyFrom(new byte[32 * 1024]);
      int sent = 0;
      while (settledReady(sender)) {
        sender.send(piece);
        sent++;
      }

      assertThat(received).hasValue(0);
      // A window, what both ends buffer, and one message that was read ahead.
      assertThat(sent * 32L * 1024).isLessThan(10L * 1024 * 1024);

      fixture.loops.execute(() -> call.get().request(3));

      await().atMost(SOON).untilAsserted(() -> assertThat(received).hasValue(3));
      sender.cancel();
    }
  }

  @Test
  void producesNoMoreThanKasTakes() throws Exception {
    var sent = new AtomicInteger();
    ServerCallHandler<ByteString, ByteString> flood =
        (call, headers) -> {
          call.sendHeaders(new Metadata());
          return new ServerCall.Listener<>() {
            @Override
            public void onReady() {
              while (call.isReady()) {
                call.sendMessage(ByteString.copyFrom(new byte[32 * 1024]));
                sent.incrementAndGet();
              }
            }
          };
        };
    try (var fixture = new PoolFixture(Echo.service(flood))) {
      var reader = fixture.kas.tunnels().call(Echo.METHOD);
      await().atMost(SOON).untilAtomic(sent, org.hamcrest.Matchers.greaterThan(3));
      int stalled = settled(sent);

      reader.request(1_000);

      await().atMost(SOON).untilAtomic(sent, org.hamcrest.Matchers.greaterThan(stalled + 100));
      assertThat(stalled * 32L * 1024).isLessThan(10L * 1024 * 1024);
      reader.cancel();
    }
  }

  private static int settled(AtomicInteger count) {
    var last = new AtomicInteger(-1);
    await()
        .atMost(SOON)
        .pollInterval(java.time.Duration.ofMillis(200))
        .until(() -> last.getAndSet(count.get()) == count.get());
    return count.get();
  }

  /** Whether the stream becomes ready within some time. */
  private static boolean settledReady(CarriedCall call) {
    if (call.isReady()) {
      return true;
    }
    try {
      await().atMost(java.time.Duration.ofMillis(500)).until(call::isReady);
      return true;
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      return false;
    }
  }

  private static Event skipMessages(CarriedCall call) throws Exception {
    call.request(100);
    Event event = call.next();
    while (event instanceof Event.Sent) {
      event = call.next();
    }
    return event;
  }

  private static ServerCallHandler<ByteString, ByteString> waiting(CountDownLatch cancelled) {
    return (call, headers) ->
        new ServerCall.Listener<>() {
          @Override
          public void onCancel() {
            cancelled.countDown();
          }
        };
  }
}
