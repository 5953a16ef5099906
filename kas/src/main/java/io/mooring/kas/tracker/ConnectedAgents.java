package io.mooring.kas.tracker;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.rpc.Calls;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.store.StoreException;
import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import io.mooring.wire.agenttracker.rpc.AgentTrackerGrpc;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsRequest;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsResponse;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GetConnectedAgents}: GitLab asks which agents are connected (wire.md 6.7). */
public final class ConnectedAgents extends AgentTrackerGrpc.AgentTrackerImplBase
    implements Feature {
  private static final Logger log = LoggerFactory.getLogger(ConnectedAgents.class);

  private final StoredAgentTracker tracker;

  /** Over one tracker. */
  public ConnectedAgents(StoredAgentTracker tracker) {
    this.tracker = tracker;
  }

  @Override
  public List<ServerServiceDefinition> apiServices() {
    return List.of(bindService());
  }

  @Override
  public void getConnectedAgents(
      GetConnectedAgentsRequest request, StreamObserver<GetConnectedAgentsResponse> response) {
    Calls.answer(
        response,
        () -> GetConnectedAgentsResponse.newBuilder().addAllAgents(connections(request)).build());
  }

  private List<ConnectedAgentInfo> connections(GetConnectedAgentsRequest request)
      throws StatusException {
    return switch (request.getRequestCase()) {
      case AGENT_ID ->
          read("GetConnectionsByAgentId", () -> tracker.connectionsOfAgent(request.getAgentId()));
      case PROJECT_ID ->
          read(
              "GetConnectionsByProjectId",
              () -> tracker.connectionsOfProject(request.getProjectId()));
      case REQUEST_NOT_SET ->
          throw Status.INVALID_ARGUMENT.withDescription("request is not set").asException();
    };
  }

  @FunctionalInterface
  private interface Read {
    List<ConnectedAgentInfo> run() throws StoreException;
  }

  private static List<ConnectedAgentInfo> read(String name, Read read) throws StatusException {
    try {
      return read.run();
    } catch (StoreException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("grpc_method", "GetConnectedAgents")
          .log("Cannot read connected agents");
      throw Status.UNAVAILABLE.withDescription(name + "() failed").withCause(e).asException();
    }
  }
}
