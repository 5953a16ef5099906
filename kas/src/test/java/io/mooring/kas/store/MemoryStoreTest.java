package io.mooring.kas.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends StoreContract {
  private final MemoryStore store = new MemoryStore(clock);

  @Override
  Store store() {
    return store;
  }

  @Test
  void forgetsAValueWhenItsTimeIsOver() {
    Key key = Key.named("x");
    store.set(key, bytes("value"), Duration.ofSeconds(10));
    clock.advance(Duration.ofSeconds(10));

    assertThat(store.get(key)).isEmpty();
  }

  @Test
  void countsFromZeroWhenTheTimeOfTheLastStepIsOver() {
    Key key = Key.named("x");
    assertThat(store.tryIncrement(key, 1, Duration.ofSeconds(59))).isTrue();
    clock.advance(Duration.ofSeconds(58));
    assertThat(store.tryIncrement(key, 1, Duration.ofSeconds(59))).isFalse();
    clock.advance(Duration.ofSeconds(1));

    assertThat(store.tryIncrement(key, 1, Duration.ofSeconds(59))).isTrue();
  }
}
