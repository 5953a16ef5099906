package io.mooring.gitaly.smarthttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.wire.gitaly.LimitError;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How many fetches and pushes run at the same time. */
class TransfersTest {
  @Test
  void tellsWhoFindsNoPlaceToComeBack() {
    var transfers = new Transfers(2, Duration.ofMillis(20));
    try (var _ = transfers.enter();
        var _ = transfers.enter()) {
      assertThat(transfers.running()).isEqualTo(2);

      GitalyFailure refused = catchThrowableOfType(GitalyFailure.class, transfers::enter);

      assertThat(refused.kind()).isEqualTo(GitalyFailure.Kind.RESOURCE_EXHAUSTED);
      assertThat(refused.detail())
          .hasValueSatisfying(detail ->
              assertThat(((LimitError) detail).getRetryAfter().getSeconds()).isPositive());
    }
    assertThat(transfers.running()).isZero();
    transfers.enter().close();
  }
}
