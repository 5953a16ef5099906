package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mooring.kas.gitlab.ScriptedGitLab;
import io.mooring.kas.routing.RoutedAgent;
import io.mooring.kas.store.RawRedis;
import io.mooring.kas.tunnel.AgentStream;
import io.mooring.kas.tunnel.Caller;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.testkit.redis.RealRedis;
import io.mooring.testkit.redis.RedisServer;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica goes on to serve the agents it has, whatever happens to Redis. */
@RealRedis
@Tag("fault-41")
class RedisFaultsTest {
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");
  private static final String ELSEWHERE = "glagent-that-has-never-been-at-this-replica-012345";
  private static final byte[] INDEX =
      RawRedis.bytes("gitlab-kas:tunnel_tracker2:kas_by_agent_id:\5\0\0\0\0\0\0\0");
  private static final byte[] CONNECTED =
      RawRedis.bytes("gitlab-kas:agent_tracker2:connected_agents");

  private RedisServer redis;
  private RawRedis raw;
  private KasFixture kas;

  @BeforeEach
  void start(RedisServer server, @TempDir Path directory) {
    redis = server;
    raw = new RawRedis(server);
    kas =
        KasFixture.start(
            directory,
            "{address: '127.0.0.1:0', listen_grace_period: 0.1s}",
            "redis: {server: {address: '%s'}}".formatted(redis.address()));
    kas.gitlab().withAgent(KasFixture.TOKEN, ScriptedGitLab.agentInfo(5, 7));
    awaitReadiness("200");
    serve();
  }

  @AfterEach
  void stop() {
    raw.commands().configSet("maxmemory", "0");
    kas.close();
    raw.close();
  }

  @Test
  @Tag("wire-61")
  void servesItsAgentsWhileRedisIsGoneAndIsListedAgainAfterwards() throws Exception {
    redis.kill();
    awaitReadiness("500\nredis: ");

    for (int i = 0; i < 5; i++) {
      serve();
    }

    Status newcomer = AgentStream.open(kas.agent("Bearer " + ELSEWHERE)).end();
    assertThat(newcomer.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    AgentStream idle = AgentStream.open(kas.agent());
    redis.ensureRunning();
    awaitReadiness("200");
    raw.close();
    raw = new RawRedis(redis);
    awaitListed();
    assertThat(idle.isOpen()).isTrue();
  }

  @Test
  void servesItsAgentsWhileRedisIsFull() throws Exception {
    raw.commands().configSet("maxmemory", "1");

    for (int i = 0; i < 3; i++) {
      serve();
    }
    AgentStream idle = AgentStream.open(kas.agent());
    raw.commands().configSet("maxmemory", "0");

    awaitListed();
    assertThat(idle.isOpen()).isTrue();
  }

  @Test
  void servesItsAgentsWithoutDelayWhileRedisTakesSecondsForEverything() throws Exception {
    for (int i = 0; i < 2; i++) {
      redis.command("CLIENT", "PAUSE", "5000", "ALL");
      Instant before = Instant.now();

      serve();

      assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void servesItsAgentsWhereKeysHoldSomethingElse() throws Exception {
    raw.commands().del(INDEX);
    raw.commands().set(INDEX, RawRedis.bytes("nonsense"));

    for (int i = 0; i < 3; i++) {
      serve();
    }
    AgentStream idle = AgentStream.open(kas.agent());
    raw.commands().del(INDEX);

    awaitListed();
    assertThat(idle.isOpen()).isTrue();
  }

  @Test
  void isListedAgainAfterRedisWasFlushed() throws Exception {
    assertThat(
            AgentRegistrarGrpc.newBlockingStub(kas.agent())
                .register(RegisterRequest.newBuilder().setPodId(4711).build()))
        .isNotNull();
    AgentStream idle = AgentStream.open(kas.agent());
    awaitListed();

    redis.flush();

    awaitListed();
    await().until(() -> raw.commands().hlen(CONNECTED) == 1);
    assertThat(idle.isOpen()).isTrue();
    serve(idle);
  }

  private void serve() {
    try {
      serve(AgentStream.open(kas.agent()));
    } catch (Exception e) {
      throw new AssertionError("the agent of this replica is not served", e);
    }
  }

  private void serve(AgentStream agent) throws Exception {
    Metadata headers = new Metadata();
    RoutedAgent.set(headers, 5);
    Caller caller =
        Caller.start(
                kas.kas()
                    .agents()
                    .newCall(RawMessages.method(AgentStream.METHOD), CallOptions.DEFAULT),
                headers)
            .send(HELLO)
            .halfClose();
    agent.next();
    agent.answer(agent.next().getMessage().getData());
    assertThat(caller.next()).isEqualTo(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  private void awaitListed() {
    await().atMost(Duration.ofSeconds(20)).until(() -> raw.commands().hlen(INDEX) == 1);
  }

  private void awaitReadiness(String begin) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(kas.observability("/readiness")).startsWith(begin));
  }
}
