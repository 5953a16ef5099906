package io.mooring.kas.original;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mooring.kas.KasFixture;
import io.mooring.kas.routing.RoutedAgent;
import io.mooring.kas.store.RawRedis;
import io.mooring.kas.tunnel.AgentStream;
import io.mooring.kas.tunnel.Caller;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.testkit.redis.RealRedis;
import io.mooring.testkit.redis.RedisServer;
import io.mooring.wire.kas.GatewayKasResponse.MsgCase;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our kas and one of the original, for which {@link OriginalReplica} stands, on a real Redis. */
@Tag("wire-54")
@RealRedis
class OriginalReplicaTest {
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");
  private static final ByteString BINARY = ByteString.copyFrom(new byte[] {0, -1, 10, 127, -128});
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final int AGENT = 5;

  @TempDir Path directory;
  private RawRedis raw;
  private KasFixture ours;
  private OriginalReplica original;

  @BeforeEach
  void start(RedisServer redis) throws Exception {
    raw = new RawRedis(redis);
    ours =
        KasFixture.start(
            directory,
            "{address: '127.0.0.1:0', listen_grace_period: 0.1s}",
            "redis: {server: {address: '%s'}}".formatted(redis.address()));
    original = new OriginalReplica(raw, KasFixture.secret(3).bytes());
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(ours.observability("/readiness")).startsWith("200"));
  }

  @AfterEach
  void stop() {
    original.close();
    ours.close();
    raw.close();
  }

  @Test
  void routesToAgentsOfTheOriginal() throws Exception {
    original.list(AGENT);

    Caller caller = call().send(HELLO).send(ByteString.EMPTY).send(BINARY).halfClose();

    assertThat(header(caller.headers(), "x-head")).isEqualTo("1");
    assertThat(caller.next()).isEqualTo(HELLO);
    assertThat(caller.next()).isEmpty();
    assertThat(caller.next()).isEqualTo(BINARY);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    assertThat(header(caller.end().trailers(), "x-tail")).isEqualTo("2");
    JsonObject claims = original.claims().getFirst();
    assertThat(claims.get("iss").getAsString()).isEqualTo("gitlab-kas");
    assertThat(claims.get("aud").toString()).contains("\"gitlab-kas\"");
    assertThat(claims.get("exp").getAsLong() - claims.get("iat").getAsLong()).isBetween(1L, 60L);
  }

  @Test
  void bringsTheStatusOfAnAgentOfTheOriginal() throws Exception {
    original.list(AGENT);
    original.fail(com.google.rpc.Status.newBuilder().setCode(7).setMessage("no").build());

    Caller caller = call().send(HELLO).halfClose();

    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(caller.end().status().getDescription()).isEqualTo("no");
  }

  @Test
  @Tag("fault-40")
  void isToldWhenAReplicaStopsJustBeforeItsTunnelIsTaken() throws Exception {
    original.list(AGENT);
    original.stop();

    Caller caller = call().send(HELLO).halfClose();

    assertThat(caller.end().status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(caller.end().status().getDescription()).contains("ended the stream");
  }

  @Test
  void isFoundAndUsedByTheOriginal() throws Exception {
    AgentStream agent = AgentStream.open(ours.agent());
    await().atMost(PATIENCE).until(() -> !original.others(AGENT).isEmpty());
    assertThat(original.others(AGENT)).containsExactly(privateUrl());

    OriginalReplica.Attempt attempt = original.route(privateUrl(), AGENT, AgentStream.METHOD);
    assertThat(attempt.next().getMsgCase()).isEqualTo(MsgCase.TUNNEL_READY);
    attempt.startStreaming();
    attempt.send(HELLO);
    attempt.send(BINARY);
    attempt.halfClose();

    assertThat(agent.next().getRequestInfo().getMethodName()).isEqualTo("/" + AgentStream.METHOD);
    assertThat(agent.next().getMessage().getData()).isEqualTo(HELLO);
    assertThat(agent.next().getMessage().getData()).isEqualTo(BINARY);
    assertThat(agent.next().hasCloseSend()).isTrue();
    agent.answer(BINARY);
    assertThat(attempt.next().getMsgCase()).isEqualTo(MsgCase.HEADER);
    assertThat(attempt.next().getMessage().getData()).isEqualTo(BINARY);
    assertThat(attempt.next().getMsgCase()).isEqualTo(MsgCase.TRAILER);
    assertThat(attempt.end()).isEqualTo(Status.OK);
  }

  @Test
  void keepsTheTunnelThatTheOriginalFoundElsewhereBefore() throws Exception {
    AgentStream agent = AgentStream.open(ours.agent());
    OriginalReplica.Attempt loser = original.route(privateUrl(), AGENT, AgentStream.METHOD);
    readTunnelReady(loser);
    loser.halfClose();
    assertThat(loser.end()).isEqualTo(Status.OK);

    OriginalReplica.Attempt winner = original.route(privateUrl(), AGENT, AgentStream.METHOD);
    readTunnelReady(winner);
    winner.startStreaming();
    winner.halfClose();

    agent.next();
    agent.answer(HELLO);
    assertThat(winner.next().getMsgCase()).isEqualTo(MsgCase.HEADER);
    assertThat(winner.end()).isEqualTo(Status.OK);
  }

  @Test
  void servesBothDirectionsAtOnceWhereEachListsTheOther() throws Exception {
    original.list(AGENT);
    AgentStream agent = AgentStream.open(ours.agent());
    OriginalReplica.Attempt attempt = original.route(privateUrl(), AGENT, AgentStream.METHOD);
    readTunnelReady(attempt);
    // The only tunnel here is reserved: our own call has to go to the original.
    Caller caller = call().send(HELLO).halfClose();

    assertThat(caller.next()).isEqualTo(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    attempt.startStreaming();
    attempt.halfClose();
    agent.next();
    agent.answer();
    assertThat(attempt.end()).isEqualTo(Status.OK);
  }

  private static void readTunnelReady(OriginalReplica.Attempt attempt) throws Exception {
    var first = attempt.next();
    var ready = first.hasNoTunnel() ? attempt.next() : first;
    assertThat(ready.getMsgCase()).isEqualTo(MsgCase.TUNNEL_READY);
  }

  private Caller call() {
    Metadata headers = new Metadata();
    RoutedAgent.set(headers, AGENT);
    return Caller.start(
        ours.agents().newCall(RawMessages.method(AgentStream.METHOD), CallOptions.DEFAULT),
        headers);
  }

  private String privateUrl() {
    return "grpc://127.0.0.1:" + ((InetSocketAddress) ours.kas().privateApiAddress()).getPort();
  }

  private static String header(Metadata metadata, String name) {
    return String.valueOf(metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
  }
}
