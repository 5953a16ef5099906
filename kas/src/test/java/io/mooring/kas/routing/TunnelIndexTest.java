package io.mooring.kas.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.time.FakeClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TunnelIndexTest {
  private final FakeClock clock = new FakeClock();
  private final IndexedAgents agents = new IndexedAgents(clock);

  @Test
  @Tag("wire-57")
  void removesAnEntryFiveSecondsAfterTheLastTunnel() {
    agents.ready(5);
    assertThat(agents.takeUnwritten()).containsExactly(5L);
    agents.notReady(5);
    clock.advance(Duration.ofMillis(4_999));
    assertThat(agents.takeRemovable()).isEmpty();

    clock.advance(Duration.ofMillis(1));

    assertThat(agents.takeRemovable()).containsExactly(5L);
    assertThat(agents.all()).isEmpty();
  }

  @Test
  @Tag("wire-57")
  void keepsAnEntryWhoseAgentIsBackInTime() {
    agents.ready(5);
    agents.takeUnwritten();
    agents.notReady(5);
    clock.advance(Duration.ofSeconds(4));
    assertThat(agents.present()).as("a refresh writes it too").containsExactly(5L);

    agents.ready(5);
    clock.advance(Duration.ofSeconds(10));

    assertThat(agents.takeRemovable()).isEmpty();
    assertThat(agents.takeUnwritten()).as("it is still there").isEmpty();
  }

  @Test
  @Tag("fault-41")
  void writesAgainWhatTheStoreDidNotTakeOrLost() {
    agents.ready(5);
    agents.ready(6);
    agents.notWritten(agents.takeUnwritten());
    assertThat(agents.takeUnwritten()).containsExactlyInAnyOrder(5L, 6L);

    agents.storeLost();

    assertThat(agents.takeUnwritten()).containsExactlyInAnyOrder(5L, 6L);
  }

  @Test
  @Tag("fault-41")
  void removesAgainWhatTheStoreKept() {
    agents.ready(5);
    agents.takeUnwritten();
    agents.notReady(5);
    clock.advance(Duration.ofSeconds(5));
    List<Long> removable = agents.takeRemovable();
    agents.notRemoved(removable);

    assertThat(agents.takeRemovable()).containsExactly(5L);
  }
}
