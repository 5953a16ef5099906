package io.mooring.kas.registrar;

import com.google.protobuf.Timestamp;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.rpc.Calls;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.store.StoreException;
import io.mooring.kas.tracker.StoredAgentTracker;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.mooring.wire.agentregistrar.rpc.RegisterResponse;
import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code Register}: an agent's Pod says that it is there. */
public final class Registrar extends AgentRegistrarGrpc.AgentRegistrarImplBase implements Feature {
  private static final Logger log = LoggerFactory.getLogger(Registrar.class);

  private final AgentLookup agents;
  private final StoredAgentTracker tracker;
  private final InstantSource clock;

  /** Over one tracker. */
  public Registrar(AgentLookup agents, StoredAgentTracker tracker, InstantSource clock) {
    this.agents = agents;
    this.tracker = tracker;
    this.clock = clock;
  }

  @Override
  public List<ServerServiceDefinition> agentServices() {
    return List.of(bindService());
  }

  @Override
  public void register(RegisterRequest request, StreamObserver<RegisterResponse> response) {
    Calls.answer(response, () -> register(request));
  }

  private RegisterResponse register(RegisterRequest request) throws StatusException {
    AgentInfo agent = agents.agent(AgentToken.current());
    Instant now = clock.instant();
    try {
      tracker.registered(
          ConnectedAgentInfo.newBuilder()
              .setAgentMeta(request.getAgentMeta())
              .setConnectedAt(
                  Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
              .setConnectionId(request.getPodId())
              .setAgentId(agent.agentId())
              .setProjectId(agent.projectId())
              .build());
      return RegisterResponse.getDefaultInstance();
    } catch (StoreException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("agent_id", agent.agentId())
          .log("Failed to register agent");
      throw Status.UNAVAILABLE
          .withDescription("Failed to register agent")
          .withCause(e)
          .asException();
    }
  }
}
