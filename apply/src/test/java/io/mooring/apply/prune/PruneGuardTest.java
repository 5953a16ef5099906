package io.mooring.apply.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PruneGuardTest {
  private static final PruneOptions DEFAULTS = PruneOptions.defaults();

  private static PruneGuard.Case prune(int inventory, int candidates) {
    return new PruneGuard.Case(
        "c1", 0, inventory - candidates, inventory, candidates, Optional.empty());
  }

  private static void proceeds(PruneGuard.Case prune, PruneOptions options) {
    assertThat(PruneGuard.judge(prune, options)).isInstanceOf(PruneGuard.Verdict.Proceed.class);
  }

  private static String halts(PruneGuard.Case prune, PruneOptions options) {
    assertThat(PruneGuard.judge(prune, options)).isInstanceOf(PruneGuard.Verdict.Halt.class);
    return ((PruneGuard.Verdict.Halt) PruneGuard.judge(prune, options)).why();
  }

  @Test
  @Tag("fault-54")
  void letsThirtyPercentGo() {
    proceeds(prune(100, 30), DEFAULTS);
  }

  @Test
  @Tag("fault-54")
  void refusesToPruneMoreThanThirtyPercent() {
    assertThat(halts(prune(100, 31), DEFAULTS))
        .isEqualTo(
            "31 of 100 managed objects (31 %) left the manifests, more than 30 %: nothing is pruned. "
                + "If this is meant, annotate the inventory ConfigMap with mooring.dev/allow-prune=c1");
  }

  @Test
  @Tag("fault-54")
  void letsAFewObjectsGoAtAnyShare() {
    proceeds(prune(2, 1), DEFAULTS);
    proceeds(prune(4, 3), DEFAULTS);
    halts(prune(5, 4), DEFAULTS);
  }

  @Test
  @Tag("fault-50")
  void neverTakesAnEmptySourceForAWish() {
    assertThat(halts(prune(1, 1), DEFAULTS))
        .startsWith(
            "the commit has no manifests; kept: 1 object that left the manifests. If this is meant");
    halts(prune(1, 1), DEFAULTS.withAllowLarge(true));
    halts(prune(100, 100), DEFAULTS.withMaxPercent(100));
  }

  @Test
  void obeysAPersonWhoNamesTheCommit() {
    proceeds(new PruneGuard.Case("c1", 0, 0, 100, 100, Optional.of("c1")), DEFAULTS);
    halts(new PruneGuard.Case("c2", 0, 0, 100, 100, Optional.of("c1")), DEFAULTS);
  }

  @Test
  void obeysTheOption() {
    proceeds(prune(100, 99), DEFAULTS.withAllowLarge(true));
    proceeds(prune(100, 50), DEFAULTS.withMaxPercent(50));
  }

  @Test
  @Tag("fault-52")
  void prunesNothingAfterErrorsWhateverAPersonSays() {
    assertThat(
            PruneGuard.judge(new PruneGuard.Case("c1", 1, 99, 100, 1, Optional.of("c1")), DEFAULTS))
        .isEqualTo(
            new PruneGuard.Verdict.Skip(
                "kept until a cycle has no errors: 1 object that left the manifests"));
  }

  @Test
  void prunesNothingWhenSwitchedOff() {
    assertThat(PruneGuard.judge(prune(10, 1), DEFAULTS.withEnabled(false)))
        .isInstanceOf(PruneGuard.Verdict.Skip.class);
  }

  @Test
  void checksItsOptions() {
    assertThatThrownBy(() -> DEFAULTS.withMaxPercent(101))
        .hasMessage("max_prune_percent: 101 (expected: 0-100)");
    assertThatThrownBy(() -> DEFAULTS.withTimeout(java.time.Duration.ofSeconds(-1)))
        .hasMessageContaining("expected: 0 or more");
  }
}
