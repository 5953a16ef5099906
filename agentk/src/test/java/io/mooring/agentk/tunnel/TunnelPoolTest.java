package io.mooring.agentk.tunnel;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.mooring.agentk.kas.CarriedCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TunnelPoolTest {
  @Test
  @Tag("wire-41")
  void opensTwoTunnelsAndTellsWhatItServesFirst() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      awaitIdle(fixture, 2);

      var descriptor = fixture.kas.tunnels().take().descriptor().getDescriptorMessage();

      assertThat(descriptor.getAgentDescriptor().getServicesList())
          .singleElement()
          .satisfies(service -> {
            assertThat(service.getName()).isEqualTo("test.Echo");
            assertThat(service.getMethodsList())
                .singleElement()
                .satisfies(method -> assertThat(method.getName()).isEqualTo("Echo"));
          });
      assertThat(fixture.idle).isEqualTo(2);
      assertThat(fixture.active).isZero();
    }
  }

  @Test
  @Tag("wire-41")
  void opensTenMoreWhenFewerThanTwoWait() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      awaitIdle(fixture, 2);

      var first = fixture.kas.tunnels().call(Echo.METHOD);

      awaitIdle(fixture, 11);
      assertThat(fixture.active).isEqualTo(1);
      assertThat(fixture.idle).isEqualTo(11);

      var second = fixture.kas.tunnels().call(Echo.METHOD);

      await().atMost(SOON).untilAsserted(() -> assertThat(fixture.active).isEqualTo(2));
      assertThat(fixture.kas.tunnels().open()).isEqualTo(12);
      finish(first);
      finish(second);
    }
  }

  @Test
  @Tag("wire-41")
  void neverHasMoreThanFiveHundred() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      List<CarriedCall> calls = new ArrayList<>();
      for (int i = 0; i < TunnelPool.MAX_TUNNELS; i++) {
        calls.add(fixture.kas.tunnels().call(Echo.METHOD));
      }

      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(fixture.active).isEqualTo(TunnelPool.MAX_TUNNELS));
      assertThat(fixture.idle).isZero();
      assertThat(fixture.kas.tunnels().opened()).isEqualTo(TunnelPool.MAX_TUNNELS);

      finish(calls.removeFirst());

      awaitIdle(fixture, 1);
      assertThat(fixture.kas.tunnels().open()).isEqualTo(TunnelPool.MAX_TUNNELS);
      for (CarriedCall call : calls) {
        finish(call);
      }
    }
  }

  @Test
  @Tag("wire-41")
  void givesUpTunnelsThatKasEndsAfterAMinuteWithoutUse() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      finish(fixture.kas.tunnels().call(Echo.METHOD));
      awaitIdle(fixture, 12);
      assertThat(fixture.idle).isEqualTo(12);

      fixture.clock.advance(TunnelPool.MAX_IDLE_TIME.plusSeconds(1));
      for (int i = 0; i < 12; i++) {
        fixture.kas.tunnels().take().end(Status.OK);
      }

      awaitIdle(fixture, 2);
      await().atMost(SOON).untilAsserted(() -> assertThat(fixture.idle).isEqualTo(2));
      assertThat(fixture.kas.tunnels().open()).isEqualTo(2);
    }
  }

  @Test
  @Tag("wire-41")
  void keepsATunnelThatWasUsedWithinTheLastMinute() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      awaitIdle(fixture, 2);
      var calls = new ArrayList<CarriedCall>();
      for (int i = 0; i < 12; i++) {
        calls.add(fixture.kas.tunnels().call(Echo.METHOD));
      }
      awaitIdle(fixture, 10);
      for (CarriedCall call : calls) {
        finish(call);
      }
      awaitIdle(fixture, 22);
      fixture.clock.advance(TunnelPool.MAX_IDLE_TIME.minusSeconds(10));

      for (int i = 0; i < 22; i++) {
        fixture.kas.tunnels().take().end(Status.OK);
      }

      // Ten of them never carried a request.
      awaitIdle(fixture, 12);
      await().atMost(SOON).untilAsserted(() -> assertThat(fixture.idle).isEqualTo(12));
    }
  }

  @Test
  @Tag("wire-45")
  void opensTheNextTunnelWithoutDelayAfterARequest() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      awaitIdle(fixture, 2);

      for (int i = 0; i < 50; i++) {
        finish(fixture.kas.tunnels().call(Echo.METHOD));
      }

      // The clock stands still: no pause was made.
      awaitIdle(fixture, 12);
      assertThat(fixture.clock.waiting()).isZero();
    }
  }

  @Test
  void pausesAfterAFailureLongerEachTime() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      awaitIdle(fixture, 2);
      fixture.kas.tunnels().refuse(Status.INTERNAL);

      fixture.kas.tunnels().take().end(Status.INTERNAL);
      fixture.kas.tunnels().take().end(Status.INTERNAL);

      fixture.clock.awaitWaiting(2, SOON);
      assertThat(pause(fixture)).isEqualTo(Duration.ofSeconds(1));
      fixture.clock.advance(Duration.ofSeconds(1));
      fixture.clock.awaitWaiting(2, SOON);
      assertThat(pause(fixture)).isEqualTo(Duration.ofMillis(1600));
      fixture.kas.tunnels().accept();
      fixture.clock.advance(Duration.ofMillis(1600));
      awaitIdle(fixture, 2);
    }
  }

  @Test
  void pausesWhenKasEndsTunnelsAgainAndAgain() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      awaitIdle(fixture, 2);
      fixture.kas.tunnels().refuse(Status.OK);

      fixture.kas.tunnels().take().end(Status.OK);
      fixture.kas.tunnels().take().end(Status.OK);

      fixture.clock.awaitWaiting(2, SOON);
      assertThat(fixture.kas.tunnels().opened()).isLessThan(10);
    }
  }

  @Test
  void letsRequestsFinishWhenItStops() throws Exception {
    try (var fixture = new PoolFixture(Echo.service())) {
      var call = fixture.kas.tunnels().call(Echo.METHOD);
      await().atMost(SOON).untilAsserted(() -> assertThat(fixture.active).isEqualTo(1));

      var closing = Thread.ofVirtual().start(fixture.pool::close);

      await().atMost(SOON).untilAsserted(() -> assertThat(fixture.idle).isZero());
      assertThat(closing.isAlive()).isTrue();
      finish(call);
      assertThat(closing.join(SOON)).isTrue();
      assertThat(fixture.kas.tunnels().open()).isZero();
    }
  }

  private static Duration pause(PoolFixture fixture) {
    return Duration.between(fixture.clock.instant(), fixture.clock.nextWakeup().orElseThrow());
  }

  private static void awaitIdle(PoolFixture fixture, int count) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(fixture.kas.tunnels().idle()).isEqualTo(count));
  }

  private static void finish(CarriedCall call) throws Exception {
    call.closeSend();
    assertThat(call.answer().code()).isEqualTo(Status.Code.OK);
  }
}
