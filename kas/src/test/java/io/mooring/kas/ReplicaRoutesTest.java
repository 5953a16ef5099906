package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mooring.kas.routing.RoutedAgent;
import io.mooring.kas.store.RawRedis;
import io.mooring.kas.tunnel.AgentStream;
import io.mooring.kas.tunnel.Caller;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.testkit.redis.RealRedis;
import io.mooring.testkit.redis.RedisServer;
import io.mooring.wire.redistool.ExpiringValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three replicas that share a real Redis; the agent is connected where a test says. */
@RealRedis
class ReplicaRoutesTest {
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");
  private static final byte[] KEY =
      RawRedis.bytes("gitlab-kas:tunnel_tracker2:kas_by_agent_id:\5\0\0\0\0\0\0\0");

  @TempDir Path directory;
  private RedisServer redis;
  private RawRedis raw;
  private final List<KasFixture> replicas = new ArrayList<>();

  @BeforeEach
  void start(RedisServer redis) {
    this.redis = redis;
    raw = new RawRedis(redis);
    for (String name : List.of("a", "b", "c")) {
      replicas.add(replica(name));
    }
    replicas.forEach(ReplicaRoutesTest::awaitReadiness);
  }

  @AfterEach
  void stop() {
    replicas.forEach(KasFixture::close);
    raw.close();
  }

  @Test
  @Tag("wire-50")
  void reachesAnAgentOfAnotherReplica() throws Exception {
    AgentStream agent = AgentStream.open(replicas.get(1).agent());
    Metadata headers = headers();
    put(headers, "traceparent", "00-11-22-01");
    put(headers, "authorization", "Bearer of-the-caller");

    Caller caller = call(0, headers).send(HELLO).send(ByteString.EMPTY).halfClose();

    assertThat(agent.next().getRequestInfo().getMetaMap()).containsOnlyKeys("traceparent");
    assertThat(agent.next().getMessage().getData()).isEqualTo(HELLO);
    assertThat(agent.next().getMessage().getData()).isEmpty();
    assertThat(agent.next().hasCloseSend()).isTrue();
    agent.header(Map.of("x-head", "1")).message(HELLO).trailer(Map.of("x-tail", "2")).halfClose();
    assertThat(get(caller.headers(), "x-head")).isEqualTo("1");
    assertThat(caller.next()).isEqualTo(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    assertThat(get(caller.end().trailers(), "x-tail")).isEqualTo("2");
    assertThat(agent.end()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("wire-44")
  void carriesErrorsFromAnotherReplica() throws Exception {
    AgentStream agent = AgentStream.open(replicas.get(1).agent());
    Caller caller = call(0, headers());
    agent.next();
    agent.error(7, "no").halfClose();

    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(caller.end().status().getDescription()).isEqualTo("no");
    assertThat(agent.end()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("wire-46")
  void cancelsAtTheAgentOfAnotherReplica() throws Exception {
    AgentStream agent = AgentStream.open(replicas.get(1).agent());
    Caller caller = call(0, headers());
    agent.next();

    caller.cancel("tired of waiting");

    assertThat(agent.end().getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.CANCELLED);
  }

  @ParameterizedTest
  @Tag("wire-48")
  @ValueSource(ints = {1, 65_536, 4_000_000})
  void carriesMessagesOfEverySizeUnchangedBetweenReplicas(int size) throws Exception {
    ByteString bytes = bytes(size);
    AgentStream agent = AgentStream.open(replicas.get(1).agent());
    Caller caller = call(0, headers()).send(bytes).halfClose();

    agent.next();
    assertThat(agent.next().getMessage().getData().equals(bytes)).isTrue();
    agent.answer(bytes, HELLO);

    assertThat(caller.next().equals(bytes)).isTrue();
    assertThat(caller.next()).isEqualTo(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  @Test
  void findsAnAgentThatConnectsElsewhereWhileItIsSearched() throws Exception {
    Caller caller = call(0, headers()).send(HELLO).halfClose();

    AgentStream agent = AgentStream.open(replicas.get(2).agent());

    agent.next();
    agent.answer(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("wire-52")
  void usesOneOfTheTunnelsItFinds() throws Exception {
    AgentStream second = AgentStream.open(replicas.get(1).agent());
    AgentStream third = AgentStream.open(replicas.get(2).agent());
    await().until(() -> raw.commands().hlen(KEY) == 2);

    for (int i = 0; i < 2; i++) {
      Caller caller = call(0, headers());
      await().until(() -> second.waiting() + third.waiting() == 1);
      AgentStream used = second.waiting() == 1 ? second : third;
      used.next();
      used.answer(HELLO);
      assertThat(caller.end().status()).as("request %s", i).isEqualTo(Status.OK);
      assertThat(used.end()).isEqualTo(Status.OK);
    }
  }

  @Test
  @Tag("wire-57")
  @Tag("wire-56")
  void listsItselfAsLongAsThereAreTunnels() throws Exception {
    AgentStream agent = AgentStream.open(replicas.get(1).agent());

    await().until(() -> raw.commands().hlen(KEY) == 1);
    Map<byte[], byte[]> entry = raw.commands().hgetall(KEY);
    assertThat(entry.keySet().iterator().next()).asString().isEqualTo(privateUrl(1));
    ExpiringValue value = ExpiringValue.parseFrom(entry.values().iterator().next());
    assertThat(value.getValue()).isEmpty();
    assertThat(Instant.ofEpochSecond(value.getExpiresAt()))
        .isBetween(Instant.now().plusSeconds(280), Instant.now().plusSeconds(301));
    assertThat(raw.commands().pttl(KEY)).isBetween(280_000L, 300_000L);

    agent.cancel();
    Instant gone = Instant.now();
    await().atMost(Duration.ofSeconds(15)).until(() -> raw.commands().hlen(KEY) == 0);
    assertThat(Duration.between(gone, Instant.now())).isGreaterThan(Duration.ofSeconds(4));
  }

  @Test
  @Tag("wire-57")
  void isNotListedAnyMoreAfterItStopped() {
    AgentStream.open(replicas.get(1).agent());
    await().until(() -> raw.commands().hlen(KEY) == 1);

    replicas.get(1).close();

    assertThat(raw.commands().hlen(KEY)).isZero();
  }

  @Test
  @Tag("fault-42")
  void passesOverEntriesThatLeadNowhere() throws Exception {
    list(
        "grpc://127.0.0.1:1",
        "http://127.0.0.1:80",
        "unix:///etc/passwd",
        "grpc://169.254.169.254:80");
    list("grpc://user:password@127.0.0.1:9", "nonsense", "");
    AgentStream agent = AgentStream.open(replicas.get(1).agent());

    Caller caller = call(0, headers());
    agent.next();
    agent.answer(HELLO);

    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("fault-42")
  void doesNotGoInCirclesWhenReplicasAreListedWithoutTunnels() throws Exception {
    list(privateUrl(0), privateUrl(1), privateUrl(0).replace("127.0.0.1", "localhost"));
    Caller first = call(0, headers());
    Caller second = call(1, headers());
    assertThat(first.isOpen() && second.isOpen()).isTrue();

    AgentStream one = AgentStream.open(replicas.get(0).agent());
    AgentStream two = AgentStream.open(replicas.get(1).agent());

    one.next();
    one.answer(HELLO);
    two.next();
    two.answer(HELLO);
    assertThat(first.end().status()).isEqualTo(Status.OK);
    assertThat(second.end().status()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("fault-41")
  void servesItsOwnAgentsWithoutRedisAndIsListedAgainAfterwards() throws Exception {
    AgentStream agent = AgentStream.open(replicas.get(1).agent());
    await().until(() -> raw.commands().hlen(KEY) == 1);
    redis.kill();

    Caller caller = call(1, headers());
    agent.next();
    agent.answer(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);

    redis.ensureRunning();
    replicas.forEach(ReplicaRoutesTest::awaitReadiness);
    AgentStream again = AgentStream.open(replicas.get(1).agent());
    await().atMost(Duration.ofSeconds(20)).until(() -> raw.commands().hlen(KEY) == 1);
    Caller other = call(0, headers());
    again.next();
    again.answer(HELLO);
    assertThat(other.end().status()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("fault-41")
  void reachesAgentsOfOtherReplicasByTheListItRemembersWhileRedisIsGone() throws Exception {
    AgentStream agent = AgentStream.open(replicas.get(1).agent());
    Caller before = call(0, headers());
    agent.next();
    agent.answer(HELLO);
    assertThat(before.end().status()).isEqualTo(Status.OK);
    redis.kill();

    for (int i = 0; i < 3; i++) {
      AgentStream next = AgentStream.open(replicas.get(1).agent());
      Caller caller = call(0, headers());
      next.next();
      next.answer(HELLO);
      assertThat(caller.end().status()).isEqualTo(Status.OK);
    }

    redis.ensureRunning();
    replicas.forEach(ReplicaRoutesTest::awaitReadiness);
  }

  @Test
  @Tag("fault-28")
  void holdsBackBothSidesWhereTheOtherOneStalls() throws Exception {
    AgentStream agent = AgentStream.openAndRead(replicas.get(1).agent(), 1);
    Caller caller = Caller.start(newCall(0), headers(), 0);
    agent.next();
    agent.header(Map.of());
    // Zeros would be compressed to nothing.
    ByteString chunk = bytes(16_384);
    int down = sendUntilFull(agent::isReady, () -> agent.message(chunk));
    int up = sendUntilFull(caller::isReady, () -> caller.send(chunk));

    assertThat(down).as("two windows and what is on its way").isLessThan(400);
    assertThat(up).as("two windows and what is on its way").isLessThan(400);
    assertThat(caller.waiting()).isZero();

    agent.read(Integer.MAX_VALUE);
    caller.request(Integer.MAX_VALUE);
    await().until(() -> agent.waiting() == up && caller.waiting() == down);
    agent.trailer(Map.of()).halfClose();
    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  private static ByteString bytes(int size) {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    return UnsafeByteOperations.unsafeWrap(content);
  }

  private static int sendUntilFull(BooleanSupplier ready, Runnable send) {
    int sent = 0;
    while (becomesTrue(ready) && sent < 10_000) {
      send.run();
      sent++;
    }
    return sent;
  }

  private static boolean becomesTrue(BooleanSupplier condition) {
    try {
      await()
          .atMost(Duration.ofMillis(500))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .until(condition::getAsBoolean);
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }

  private Caller call(int replica, Metadata headers) {
    return Caller.start(newCall(replica), headers);
  }

  private io.grpc.ClientCall<ByteString, ByteString> newCall(int replica) {
    return replicas
        .get(replica)
        .kas()
        .agents()
        .newCall(RawMessages.method(AgentStream.METHOD), CallOptions.DEFAULT);
  }

  private void list(String... urls) {
    byte[] entry =
        ExpiringValue.newBuilder()
            .setExpiresAt(Instant.now().plusSeconds(300).getEpochSecond())
            .build()
            .toByteArray();
    for (String url : urls) {
      raw.commands().hset(KEY, RawRedis.bytes(url), entry);
    }
  }

  private String privateUrl(int replica) {
    return "grpc://127.0.0.1:"
        + ((InetSocketAddress) replicas.get(replica).kas().privateApiAddress()).getPort();
  }

  private static Metadata headers() {
    Metadata headers = new Metadata();
    RoutedAgent.set(headers, 5);
    return headers;
  }

  private static void put(Metadata headers, String name, String value) {
    headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
  }

  private static String get(Metadata headers, String name) {
    return String.valueOf(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
  }

  private KasFixture replica(String name) {
    try {
      return KasFixture.start(
          Files.createDirectory(directory.resolve(name)),
          "{address: '127.0.0.1:0', listen_grace_period: 0.1s}",
          "redis: {server: {address: '%s'}, write_timeout: 0.5s}".formatted(redis.address()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a replica", e);
    }
  }

  private static void awaitReadiness(KasFixture kas) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(kas.observability("/readiness")).startsWith("200"));
  }
}
