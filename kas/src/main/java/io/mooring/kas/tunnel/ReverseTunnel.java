package io.mooring.kas.tunnel;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.rpc.AgeContext;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.rpc.Wakeup;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.protocol.tunnel.WholeMessages;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.ReverseTunnelGrpc;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * {@code Connect}: an agent offers a tunnel (tunnel.md 3.1). The stream is handled on the event
 * loop of its connection; only who an unknown agent is, is asked on a virtual thread.
 */
public final class ReverseTunnel implements Feature {
  /** Pauses while GitLab cannot say whose token it is. */
  static final BackoffPolicy LOOKUP_RETRIES =
      new BackoffPolicy(
          Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofSeconds(10), 2.0, 1.0);

  // hot: what agents send is not copied when it is read; benchmark B3.
  private static final MethodDescriptor<ConnectRequest, ConnectResponse> CONNECT =
      ReverseTunnelGrpc.getConnectMethod().toBuilder()
          .setRequestMarshaller(
              new WholeMessages<>(
                  ConnectRequest.parser(),
                  ReverseTunnelGrpc.getConnectMethod().getRequestMarshaller()))
          .setSchemaDescriptor(null)
          .build();

  private final TunnelRegistry registry;
  private final AgentLookup agents;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** Tunnels go to the registry, which this closes. */
  public ReverseTunnel(
      TunnelRegistry registry, AgentLookup agents, InstantSource clock, RandomGenerator random) {
    this.registry = registry;
    this.agents = agents;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public List<ServerServiceDefinition> agentServices() {
    return List.of(
        ServerServiceDefinition.builder(ReverseTunnelGrpc.SERVICE_NAME)
            .addMethod(CONNECT, this::connect)
            .build());
  }

  @Override
  public Set<String> eventLoopMethods() {
    return Set.of(CONNECT.getFullMethodName());
  }

  private ServerCall.Listener<ConnectRequest> connect(
      ServerCall<ConnectRequest, ConnectResponse> call, Metadata headers) {
    Tunnel tunnel = new Tunnel(call, registry, AgentProgram.of(headers), AgeContext.current());
    // A stream that kas itself ends (its token was revoked) is not reported to the listener as
    // cancelled; without this its tunnel would be offered to callers who then wait in vain.
    Context.current().addListener(ended -> tunnel.cancelled(), Runnable::run);
    // hot: every request takes a tunnel, and each is of an agent that was asked about before; B1.
    Optional<AgentInfo> known = agents.known(AgentToken.current());
    if (known.isPresent()) {
      tunnel.identified(known.get().agentId());
    } else {
      Thread.ofVirtual()
          .name("tunnel-identity")
          .start(Context.current().wrap(() -> identify(tunnel)));
    }
    return tunnel;
  }

  private void identify(Tunnel tunnel) {
    Backoff pauses = new Backoff(LOOKUP_RETRIES, clock, random);
    try (Wakeup wakeup = new Wakeup()) {
      while (!identified(tunnel)) {
        switch (wakeup.await(pauses.next())) {
          case NOTICE, TIMEOUT -> {}
          case EXPIRED -> {
            tunnel.refuse(Status.OK);
            return;
          }
          case CANCELLED -> {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean identified(Tunnel tunnel) {
    try {
      tunnel.identified(agents.agent(AgentToken.current()).agentId());
      return true;
    } catch (StatusException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        return false;
      }
      tunnel.refuse(e.getStatus());
      return true;
    }
  }

  @Override
  public void close() {
    registry.close();
  }
}
