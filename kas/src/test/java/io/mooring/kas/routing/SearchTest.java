package io.mooring.kas.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mooring.kas.rpc.EventLoops;
import io.mooring.kas.tunnel.AgentStream;
import io.mooring.kas.tunnel.Caller;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.kas.tunnel.ReadyAgents;
import io.mooring.kas.tunnel.TunnelRegistry;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.testkit.time.FakeClock;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SearchTest {
  private final FakeClock clock = new FakeClock();
  private final Counter timeouts = Counter.builder().name("timeouts").build();

  @Test
  @Tag("wire-53")
  void givesUpAfterTwentySeconds() throws Exception {
    ClientInterceptor none =
        new ClientInterceptor() {
          @Override
          public <Q, R> io.grpc.ClientCall<Q, R> interceptCall(
              io.grpc.MethodDescriptor<Q, R> method, CallOptions options, io.grpc.Channel next) {
            return next.newCall(method, options);
          }
        };
    TunnelRegistry registry =
        new TunnelRegistry(
            new ReadyAgents() {
              @Override
              public void ready(long agentId) {}

              @Override
              public void notReady(long agentId) {}
            });
    try (EventLoops loops = new EventLoops();
        PeerConnections peers =
            new PeerConnections(
                loops,
                new PeerConnections.Settings(ClientTls.system(), Optional.empty(), "test"),
                none,
                clock);
        ReplicaLists lists = new ReplicaLists(agentId -> List.of())) {
      Routing routing =
          new Routing(
              new Routing.Parts(
                  registry,
                  "grpc://127.0.0.1:1",
                  peers,
                  lists,
                  JwtSigner.kasToKas(Secret.of("secret"), clock),
                  clock.scheduler(),
                  Histogram.builder().name("durations").labelNames("status").build(),
                  timeouts,
                  clock,
                  new Random(1)),
              Map.of());
      Metadata headers = new Metadata();
      RoutedAgent.set(headers, 5);
      Caller caller =
          Caller.start(
              new RoutingChannel(routing)
                  .newCall(RawMessages.method(AgentStream.METHOD), CallOptions.DEFAULT),
              headers);

      clock.advance(Duration.ofMillis(19_999));
      assertThat(caller.isOpen()).isTrue();
      clock.advance(Duration.ofMillis(1));

      Status status = caller.end().status();
      assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(status.getDescription())
          .isEqualTo("Agent connection not found. Is agent up to date and connected?");
      assertThat(timeouts.get()).isEqualTo(1);
    }
  }
}
