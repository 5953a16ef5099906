package io.mooring.kas.tunnel;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.rpc.FeatureServer;
import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A registry behind a real {@code Connect}, for agents and callers that a test directs. */
abstract class TunnelFixture {
  static final long AGENT = 5;
  static final int MAX_TUNNELS = 40;
  static final int MAX_WAITING = 3;
  static final ByteString HELLO = ByteString.copyFromUtf8("hello");

  final List<String> readiness = new CopyOnWriteArrayList<>();
  final Deque<Status> lookups = new ArrayDeque<>();
  final TunnelRegistry registry =
      new TunnelRegistry(
          new ReadyAgents() {
            @Override
            public void ready(long agentId) {
              readiness.add("ready " + agentId);
            }

            @Override
            public void notReady(long agentId) {
              readiness.add("not ready " + agentId);
            }
          },
          MAX_TUNNELS,
          MAX_WAITING);
  FeatureServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new FeatureServer(
            new ReverseTunnel(
                registry,
                token -> {
                  Status status = lookups.poll();
                  if (status != null) {
                    throw status.asException();
                  }
                  return new AgentInfo(
                      AGENT,
                      7,
                      "x",
                      GitalyInfo.getDefaultInstance(),
                      GitalyRepository.getDefaultInstance(),
                      "main");
                },
                InstantSource.system(),
                new Random(1)));
  }

  @AfterEach
  void stop() {
    server.close();
    await().until(registry::isEmpty);
  }

  AgentStream readyAgent() {
    int before = registry.ready(AGENT);
    AgentStream agent = AgentStream.open(server.channel());
    awaitReady(before + 1);
    return agent;
  }

  void awaitReady(int count) {
    await().until(() -> registry.ready(AGENT) == count);
  }

  FoundTunnel tunnel() {
    return registry.acquire(AGENT, AgentStream.METHOD).orElseThrow();
  }

  Caller call() {
    return call(new Metadata());
  }

  Caller call(Metadata headers) {
    return Caller.start(tunnel().call(AgentStream.METHOD), headers);
  }
}
