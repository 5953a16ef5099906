package io.mooring.kas.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WakeupTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void endsAtOnceForANoticeThatCameBefore() throws Exception {
    try (Wakeup wakeup = new Wakeup()) {
      wakeup.notice();
      wakeup.notice();

      assertThat(wakeup.await(LONG)).isEqualTo(Wakeup.Reason.NOTICE);
      assertThat(wakeup.await(Duration.ofMillis(1)))
          .as("many notices are one")
          .isEqualTo(Wakeup.Reason.TIMEOUT);
    }
  }

  @Test
  void endsForANoticeWhileItWaits() throws Exception {
    try (Wakeup wakeup = new Wakeup()) {
      Thread.ofVirtual().start(wakeup::notice);

      assertThat(wakeup.await(LONG)).isEqualTo(Wakeup.Reason.NOTICE);
    }
  }

  @Test
  void endsWhenTheClientLeaves() throws Exception {
    Context.CancellableContext context = Context.current().withCancellation();
    Wakeup.Reason reason =
        context.call(() -> {
          try (Wakeup wakeup = new Wakeup()) {
            Thread.ofVirtual().start(() -> context.cancel(null));
            return wakeup.await(LONG);
          }
        });

    assertThat(reason).isEqualTo(Wakeup.Reason.CANCELLED);
  }

  @Test
  void endsAtOnceForAnAgeThatHasPassed() throws Exception {
    AgeContext old =
        new AgeContext() {
          @Override
          public boolean expired() {
            return true;
          }

          @Override
          public Registration onExpire(Runnable action) {
            action.run();
            return () -> {};
          }
        };
    Wakeup.Reason reason =
        Context.current()
            .withValue(AgeContext.KEY, old)
            .call(() -> {
              try (Wakeup wakeup = new Wakeup()) {
                return wakeup.await(LONG);
              }
            });

    assertThat(reason).isEqualTo(Wakeup.Reason.EXPIRED);
  }
}
