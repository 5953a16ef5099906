package io.mooring.kas.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.mooring.kas.store.ExpiringHashes.Field;
import io.mooring.testkit.time.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What every store does, so that one replica behaves as several do. */
abstract class StoreContract {
  private static final Key KEY = Key.named("test:").number(7);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  // Redis expires keys by its own clock, so time starts at the real one.
  final FakeClock clock = new FakeClock(Instant.now());

  abstract Store store();

  @Test
  void givesBackWhatWasPutIntoAHash() throws Exception {
    store().hashes().put(List.of(field("a", MINUTE, "1"), field("b", MINUTE, "")));

    assertThat(store().hashes().read(KEY)).containsExactlyInAnyOrder(bytes("1"), bytes(""));
    assertThat(store().hashes().length(KEY)).isEqualTo(2);
  }

  @Test
  void namesTheFieldsOfAHash() throws Exception {
    store().hashes().put(List.of(field("a", Duration.ofSeconds(10), ""), field("b", MINUTE, "")));
    clock.advance(Duration.ofSeconds(12));

    assertThat(store().hashes().names(KEY)).containsExactly(bytes("b"));
    assertThat(store().hashes().length(KEY)).as("the expired one is removed").isEqualTo(1);
    assertThat(store().hashes().names(Key.named("nothing"))).isEmpty();
  }

  @Test
  void replacesAField() throws Exception {
    store().hashes().put(List.of(field("a", MINUTE, "old")));
    store().hashes().put(List.of(field("a", MINUTE, "new")));

    assertThat(store().hashes().read(KEY)).containsExactly(bytes("new"));
  }

  @Test
  void removesFields() throws Exception {
    store().hashes().put(List.of(field("a", MINUTE, "1"), field("b", MINUTE, "2")));

    store().hashes().remove(KEY, List.of(bytes("a"), bytes("unknown")));

    assertThat(store().hashes().read(KEY)).containsExactly(bytes("2"));
  }

  @Test
  void ignoresAndRemovesExpiredFieldsWhenReading() throws Exception {
    store().hashes().put(List.of(field("a", Duration.ofSeconds(10), "1"), field("b", MINUTE, "2")));
    clock.advance(Duration.ofSeconds(12));

    assertThat(store().hashes().length(KEY)).as("not collected yet").isEqualTo(2);
    assertThat(store().hashes().read(KEY)).containsExactly(bytes("2"));
    assertThat(store().hashes().length(KEY)).isEqualTo(1);
  }

  @Test
  void collectsExpiredFields() throws Exception {
    store().hashes().put(List.of(field("a", Duration.ofSeconds(10), "1"), field("b", MINUTE, "2")));
    clock.advance(Duration.ofSeconds(12));

    assertThat(store().hashes().collect(KEY)).isEqualTo(1);
    assertThat(store().hashes().collect(KEY)).isZero();
    assertThat(store().hashes().length(KEY)).isEqualTo(1);
  }

  @Test
  void holdsThousandsOfFieldsInOneHash() throws Exception {
    List<Field> fields =
        java.util.stream.IntStream.range(0, 3000)
            .mapToObj(i -> field("f" + i, Duration.ofSeconds(10), "v" + i))
            .toList();

    store().hashes().put(fields);

    assertThat(store().hashes().read(KEY)).hasSize(3000);
    clock.advance(Duration.ofSeconds(12));
    assertThat(store().hashes().collect(KEY)).isEqualTo(3000);
  }

  @Test
  void givesBackAValue() throws Exception {
    assertThat(store().values().get(KEY)).isEmpty();

    store().values().set(KEY, bytes("value"), MINUTE);

    assertThat(store().values().get(KEY)).contains(bytes("value"));
  }

  @Test
  void countsUpToTheLimit() throws Exception {
    assertThat(store().counters().tryIncrement(KEY, 2, MINUTE)).isTrue();
    assertThat(store().counters().tryIncrement(KEY, 2, MINUTE)).isTrue();
    assertThat(store().counters().tryIncrement(KEY, 2, MINUTE)).isFalse();
    assertThat(store().counters().tryIncrement(KEY.octet(1), 2, MINUTE)).isTrue();
  }

  @Test
  void deliversMessagesToTheSenderToo() {
    awaitDelivery();
  }

  @Test
  void answersAPing() throws Exception {
    store().ping();
  }

  void awaitDelivery() {
    List<ByteString> received = new CopyOnWriteArrayList<>();
    store().events().listen(received::add);

    await()
        .untilAsserted(() -> {
          store().events().publish(bytes("message"));
          assertThat(received).contains(bytes("message"));
        });
  }

  Field field(String name, Duration ttl, String payload) {
    return new Field(KEY, bytes(name), clock.instant().plus(ttl), bytes(payload));
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
