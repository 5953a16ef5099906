package io.mooring.kas.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.mooring.kas.config.RedisSettings;
import io.mooring.testkit.redis.RealRedis;
import io.mooring.testkit.redis.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RealRedis
class RedisStoreTest extends StoreContract {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private RedisServer redis;
  private RedisStore store;
  private RawRedis raw;

  @BeforeEach
  void connect(RedisServer redis) {
    this.redis = redis;
    store = RedisStore.open(settings(redis.address(), LIMIT), clock, new Random(1));
    raw = new RawRedis(redis);
    awaitAnswer(store);
  }

  @AfterEach
  void disconnect() {
    raw.close();
    store.close();
  }

  @Override
  Store store() {
    return store;
  }

  @Test
  @Tag("wire-56")
  void writesHashesByteForByteAsTheOriginal() throws Exception {
    Instant expiry = Instant.ofEpochSecond(clock.instant().getEpochSecond() + 300);
    store
        .hashes()
        .put(
            List.of(
                new ExpiringHashes.Field(
                    Key.named("agent_tracker2:conn_by_agent_id:").number(0x0102),
                    bytes("4711"),
                    expiry,
                    bytes("payload")),
                new ExpiringHashes.Field(
                    Key.named("agent_tracker2:connected_agents"),
                    bytes("258"),
                    expiry,
                    ByteString.EMPTY)));

    String byAgent = "gitlab-kas:agent_tracker2:conn_by_agent_id:\2\1\0\0\0\0\0\0";
    assertThat(raw.keys())
        .containsExactly(
            "gitlab-kas:agent_tracker2:conn_by_agent_id:\2\1\0\0\0\0\0\0",
            "gitlab-kas:agent_tracker2:connected_agents");
    assertThat(hash(byAgent))
        .containsExactly(
            Map.entry("4711", "08" + varint(expiry.getEpochSecond()) + "1207" + hex("payload")));
    assertThat(hash("gitlab-kas:agent_tracker2:connected_agents"))
        .containsExactly(Map.entry("258", "08" + varint(expiry.getEpochSecond())));
    assertThat(raw.commands().pttl(RawRedis.bytes(byAgent))).isBetween(295_000L, 300_000L);
  }

  @Test
  @Tag("wire-56")
  void writesValuesWithTheirTimeToLive() throws Exception {
    store
        .values()
        .set(
            Key.named("agent_info_errs:").bytes(new byte[] {0, -1}),
            bytes("v"),
            Duration.ofSeconds(60));

    String key = "gitlab-kas:agent_info_errs:\0\u00ff";
    assertThat(raw.keys()).containsExactly(key);
    assertThat(raw.commands().get(RawRedis.bytes(key))).asString().isEqualTo("v");
    assertThat(raw.commands().pttl(RawRedis.bytes(key))).isBetween(55_000L, 60_000L);
  }

  @Test
  @Tag("wire-56")
  void countsInAPlainIntegerThatVanishesAfter59Seconds() throws Exception {
    Key key = Key.named("agent_limit:").octet(200);
    store.counters().tryIncrement(key, 10, Duration.ofSeconds(59));
    store.counters().tryIncrement(key, 10, Duration.ofSeconds(59));

    byte[] rawKey = RawRedis.bytes("gitlab-kas:agent_limit:\u00c8");
    assertThat(raw.commands().get(rawKey)).asString().isEqualTo("2");
    assertThat(raw.commands().ttl(rawKey)).isBetween(57L, 59L);
  }

  @Test
  void skipsUnreadableFields() throws Exception {
    store.hashes().put(List.of(field("a", Duration.ofMinutes(1), "1")));
    raw.commands()
        .hset(
            RawRedis.bytes("gitlab-kas:test:\7\0\0\0\0\0\0\0"),
            RawRedis.bytes("b"),
            RawRedis.bytes("\u00ff"));

    assertThat(store.hashes().read(Key.named("test:").number(7))).containsExactly(bytes("1"));
  }

  @Test
  @Tag("fault-41")
  void failsAtOnceWhileRedisIsGoneAndWorksAgainAfterwards() throws Exception {
    AtomicInteger reconnects = new AtomicInteger();
    store.onReconnect(reconnects::incrementAndGet);
    redis.kill();

    await().untilAsserted(() -> assertThatThrownBy(store::ping).isInstanceOf(StoreException.class));
    redis.ensureRunning();

    awaitAnswer(store);
    await().untilAtomic(reconnects, org.hamcrest.Matchers.greaterThan(0));
    awaitDelivery();
  }

  @Test
  @Tag("fault-41")
  void givesUpOnARedisThatHangs() {
    redis.pause();
    try {
      assertThatThrownBy(store::ping)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("no answer within");
    } finally {
      redis.resume();
    }
    awaitAnswer(store);
  }

  @Test
  @Tag("fault-41")
  void failsWhereAKeyHoldsSomethingElse() throws Exception {
    store.values().set(Key.named("test:").number(7), bytes("no hash"), Duration.ofMinutes(1));

    assertThatThrownBy(() -> store.hashes().put(List.of(field("a", Duration.ofMinutes(1), "1"))))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("WRONGTYPE");
    store.ping();
  }

  @Test
  @Tag("fault-41")
  void waitsForARedisThatIsNotThereYet() {
    try (RedisServer late = RedisServer.start()) {
      late.stop();
      try (RedisStore early =
          RedisStore.open(settings(late.address(), LIMIT), clock, new Random(1))) {
        assertThatThrownBy(early::ping)
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("has not been reached yet");

        late.ensureRunning();

        awaitAnswer(early);
      }
    }
  }

  @Test
  void reachesRedisThroughASocketFile() {
    RedisSettings settings = settings(redis.socket().toString(), LIMIT);
    RedisSettings unix =
        new RedisSettings(
            settings.server(),
            settings.dialTimeout(),
            settings.writeTimeout(),
            settings.keyPrefix(),
            Optional.empty(),
            Optional.empty(),
            "unix",
            Optional.empty(),
            0);

    try (RedisStore other = RedisStore.open(unix, clock, new Random(1))) {
      awaitAnswer(other);
    }
  }

  private static void awaitAnswer(RedisStore store) {
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreException(StoreException.class)
        .until(() -> {
          store.ping();
          return true;
        });
  }

  /** Settings of a server without password. */
  public static RedisSettings settings(String address, Duration limit) {
    return new RedisSettings(
        new RedisSettings.Standalone(address),
        Duration.ofSeconds(5),
        limit,
        "gitlab-kas",
        Optional.empty(),
        Optional.empty(),
        "tcp",
        Optional.empty(),
        0);
  }

  private Map<String, String> hash(String key) {
    Map<String, String> fields = new java.util.TreeMap<>();
    raw.commands()
        .hgetall(RawRedis.bytes(key))
        .forEach((name, value) -> fields.put(RawRedis.text(name), HexFormat.of().formatHex(value)));
    return fields;
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(RawRedis.bytes(text));
  }

  private static String varint(long value) {
    StringBuilder hex = new StringBuilder();
    for (long rest = value; ; rest >>>= 7) {
      if (rest < 0x80) {
        return hex.append(HexFormat.of().toHexDigits((byte) rest)).toString();
      }
      hex.append(HexFormat.of().toHexDigits((byte) ((rest & 0x7f) | 0x80)));
    }
  }
}
