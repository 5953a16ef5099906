package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.kas.store.RawRedis;
import io.mooring.testkit.redis.RealRedis;
import io.mooring.testkit.redis.RedisServer;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import io.mooring.wire.agenttracker.rpc.AgentTrackerGrpc;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsRequest;
import io.mooring.wire.entity.AgentMeta;
import io.mooring.wire.event.GitPushEvent;
import io.mooring.wire.event.Project;
import io.mooring.wire.gitlab.ClientError;
import io.mooring.wire.notifications.rpc.GitPushEventRequest;
import io.mooring.wire.notifications.rpc.NotificationsGrpc;
import io.mooring.wire.redistool.ExpiringValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two replicas that share a real Redis, also with a replica of the original, which is its bytes.
 */
@RealRedis
class ReplicasTest {
  private static final String AGENT =
      "{address: '127.0.0.1:0', listen_grace_period: 0.1s, connections_per_token_per_minute: 30}";

  @TempDir Path directory;
  private RedisServer redis;
  private RawRedis raw;
  private KasFixture first;
  private KasFixture second;

  @BeforeEach
  void start(RedisServer redis) {
    this.redis = redis;
    raw = new RawRedis(redis);
    first = replica("first");
    second = replica("second");
    awaitReadiness("200");
  }

  @AfterEach
  void stop() {
    first.close();
    second.close();
    raw.close();
  }

  @Test
  @Tag("wire-58")
  void tellsOfAnAgentThatRegisteredElsewhere() {
    register(first.agent());

    List<ConnectedAgentInfo> connected = connected(second, 5);

    assertThat(connected).hasSize(1);
    assertThat(connected.getFirst().getConnectionId()).isEqualTo(4711);
  }

  @Test
  @Tag("wire-56")
  @Tag("wire-58")
  void writesAConnectionWhereTheOriginalLooksForIt() throws Exception {
    register(first.agent());

    assertThat(raw.keys())
        .contains(
            "gitlab-kas:agent_tracker2:conn_by_agent_id:\5\0\0\0\0\0\0\0",
            "gitlab-kas:agent_tracker2:conn_by_project_id:\7\0\0\0\0\0\0\0",
            "gitlab-kas:agent_tracker2:connected_agents");
    byte[] value =
        raw.commands()
            .hget(
                RawRedis.bytes("gitlab-kas:agent_tracker2:conn_by_project_id:\7\0\0\0\0\0\0\0"),
                RawRedis.bytes("4711"));
    ExpiringValue entry = ExpiringValue.parseFrom(value);
    assertThat(entry.getExpiresAt() - Instant.now().getEpochSecond()).isBetween(290L, 300L);
    assertThat(ConnectedAgentInfo.parseFrom(entry.getValue()).getAgentId()).isEqualTo(5);
    assertThat(
            raw.commands()
                .hget(
                    RawRedis.bytes("gitlab-kas:agent_tracker2:connected_agents"),
                    RawRedis.bytes("5")))
        .hasSize(6);
  }

  @Test
  @Tag("wire-58")
  void readsAConnectionThatTheOriginalWrote() {
    ConnectedAgentInfo info =
        ConnectedAgentInfo.newBuilder()
            .setAgentMeta(AgentMeta.newBuilder().setVersion("v16.5.0").setPodName("pod"))
            .setConnectedAt(Timestamp.newBuilder().setSeconds(1_700_000_000))
            .setConnectionId(99)
            .setAgentId(12)
            .setProjectId(34)
            .build();
    long later = Instant.now().getEpochSecond() + 100;
    byte[] key = RawRedis.bytes("gitlab-kas:agent_tracker2:conn_by_agent_id:\14\0\0\0\0\0\0\0");
    raw.commands()
        .hset(
            key,
            RawRedis.bytes("99"),
            ExpiringValue.newBuilder()
                .setExpiresAt(later)
                .setValue(info.toByteString())
                .build()
                .toByteArray());
    raw.commands()
        .hset(
            key,
            RawRedis.bytes("98"),
            ExpiringValue.newBuilder().setExpiresAt(1).build().toByteArray());

    assertThat(connected(second, 12)).containsExactly(info);
    assertThat(raw.commands().hlen(key)).as("the expired one is gone").isEqualTo(1);
  }

  @Test
  @Tag("wire-60")
  void tellsTheOriginalOfAPush() throws Exception {
    List<byte[]> heard = new CopyOnWriteArrayList<>();
    try (RawListener listener = new RawListener(redis, heard::add)) {
      assertThat(listener).isNotNull();
      assertThat(push(first, "group/project")).isEqualTo(Status.Code.OK);

      await().until(() -> !heard.isEmpty());
    }
    Any message = Any.parseFrom(heard.getFirst());
    assertThat(message.getTypeUrl())
        .isEqualTo("type.googleapis.com/gitlab.agent.event.GitPushEvent");
    assertThat(message.unpack(GitPushEvent.class).getProject().getFullPath())
        .isEqualTo("group/project");
  }

  @Test
  @Tag("wire-59")
  void honoursARefusalThatAnotherReplicaWrote() {
    String token = "refused-by-the-other-replica-already";
    ByteString refusal =
        Any.pack(ClientError.newBuilder().setStatusCode(403).build()).toByteString();
    io.mooring.kas.identity.AgentToken key =
        new io.mooring.kas.identity.AgentToken(io.mooring.protocol.secret.Secret.of(token));
    byte[] rawKey =
        ByteString.copyFromUtf8("gitlab-kas:agent_info_errs:")
            .concat(ByteString.copyFrom(key.halfDigest()))
            .toByteArray();
    raw.commands().set(rawKey, refusal.toByteArray());

    assertThat(status(first.agent("Bearer " + token)).getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(first.gitlab().asked("agent_info")).isEmpty();
  }

  @Test
  @Tag("wire-59")
  void sharesItsRefusalsButNoFailures() {
    first.gitlab().on("agent_info", request -> Reply.status(401));
    status(first.agent("Bearer token-that-gitlab-does-not-know"));
    status(second.agent("Bearer token-that-gitlab-does-not-know"));
    assertThat(second.gitlab().asked("agent_info")).isEmpty();

    first.gitlab().on("agent_info", request -> Reply.status(500));
    status(first.agent("Bearer 500-for-this-token-that-is-good"));

    assertThat(raw.keys()).filteredOn(key -> key.contains("agent_info_errs")).hasSize(1);
  }

  @Test
  @Tag("wire-61")
  void countsTheRpcsOfATokenOverAllReplicas() {
    Status status = Status.OK;
    // The minute may change once in between.
    for (int i = 0; i < 62 && status.isOk(); i++) {
      status = status((i % 2 == 0 ? first : second).agent());
    }

    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(raw.keys())
        .filteredOn(key -> key.startsWith("gitlab-kas:agent_limit:"))
        .isNotEmpty();
  }

  @Test
  @Tag("wire-61")
  @Tag("fault-41")
  void refusesRpcsAndSaysThatItIsNotReadyWhileRedisIsGone() throws Exception {
    register(first.agent());
    redis.kill();

    awaitReadiness("500\nredis: ");
    assertThat(status(first.agent()).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(push(first, "group/project")).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(first.observability("/metrics")).contains("connected_agents_count NaN");
    assertThat(first.observability("/liveness")).startsWith("200");

    redis.ensureRunning();
    awaitReadiness("200");
    await()
        .untilAsserted(
            () -> assertThat(connected(second, 5)).as("written again by the first").hasSize(1));
    assertThat(status(first.agent()).isOk()).isTrue();
  }

  @Test
  @Tag("fault-41")
  void answersWhenRedisHangs() throws Exception {
    redis.pause();
    try {
      assertThat(status(first.agent()).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(first.observability("/readiness")).startsWith("500");
    } finally {
      redis.resume();
    }
    awaitReadiness("200");
  }

  private KasFixture replica(String name) {
    try {
      return KasFixture.start(
          Files.createDirectory(directory.resolve(name)),
          AGENT,
          "redis: {server: {address: '%s'}, write_timeout: 0.5s}".formatted(redis.address()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a replica", e);
    }
  }

  private void awaitReadiness(String begin) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          assertThat(first.observability("/readiness")).startsWith(begin);
          assertThat(second.observability("/readiness")).startsWith(begin);
        });
  }

  private static void register(Channel channel) {
    assertThat(status(channel).isOk()).isTrue();
  }

  private static Status status(Channel channel) {
    try {
      assertThat(
              AgentRegistrarGrpc.newBlockingStub(channel)
                  .register(RegisterRequest.newBuilder().setPodId(4711).build()))
          .isNotNull();
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  private static Status.Code push(KasFixture kas, String path) {
    try {
      assertThat(
              NotificationsGrpc.newBlockingStub(kas.api())
                  .gitPushEvent(
                      GitPushEventRequest.newBuilder()
                          .setEvent(
                              GitPushEvent.newBuilder()
                                  .setProject(Project.newBuilder().setId(7).setFullPath(path)))
                          .build()))
          .isNotNull();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private static List<ConnectedAgentInfo> connected(KasFixture kas, long agent) {
    return AgentTrackerGrpc.newBlockingStub(kas.api())
        .getConnectedAgents(GetConnectedAgentsRequest.newBuilder().setAgentId(agent).build())
        .getAgentsList();
  }
}
