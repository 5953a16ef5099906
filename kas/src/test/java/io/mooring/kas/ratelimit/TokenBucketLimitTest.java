package io.mooring.kas.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.config.TokenBucket;
import io.mooring.testkit.time.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenBucketLimitTest {
  private final FakeClock clock = new FakeClock();
  private final TokenBucketLimit limit = new TokenBucketLimit(new TokenBucket(10, 3), clock);

  @Test
  void letsABurstThroughAndThenOneAfterTheOther() throws Exception {
    assertThat(limit.reserve()).isZero();
    assertThat(limit.reserve()).isZero();
    assertThat(limit.reserve()).isZero();
    assertThat(limit.reserve()).isEqualTo(Duration.ofMillis(100));
    assertThat(limit.reserve()).isEqualTo(Duration.ofMillis(200));

    clock.advance(Duration.ofSeconds(1));

    assertThat(limit.reserve()).isZero();
  }

  @Test
  void holdsNoMoreThanTheBucket() throws Exception {
    clock.advance(Duration.ofHours(1));

    for (int i = 0; i < 3; i++) {
      assertThat(limit.reserve()).isZero();
    }
    assertThat(limit.reserve()).isPositive();
  }

  @Test
  void refusesWhoWouldWaitTooLong() throws Exception {
    for (int i = 0; i < 303; i++) {
      assertThat(limit.reserve()).isLessThanOrEqualTo(TokenBucketLimit.MAX_WAIT);
    }

    assertThatThrownBy(limit::reserve)
        .isInstanceOf(StatusException.class)
        .satisfies(e ->
            assertThat(Status.fromThrowable(e).getCode())
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    clock.advance(Duration.ofSeconds(1));
    assertThat(limit.reserve()).as("refusals take no token").isPositive();
  }

  @Test
  void waitsNoLongerThanItsRpc() throws Exception {
    for (int i = 0; i < 30; i++) {
      assertThat(limit.reserve()).isNotNull();
    }
    Context.CancellableContext ended = Context.current().withCancellation();
    ended.cancel(null);

    assertThatThrownBy(() ->
            ended.call(() -> {
              limit.acquire();
              return true;
            }))
        .isInstanceOf(StatusException.class)
        .hasMessageStartingWith("CANCELLED");
  }
}
