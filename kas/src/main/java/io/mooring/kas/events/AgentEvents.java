package io.mooring.kas.events;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.gitlab.AgentReports;
import io.mooring.kas.gitlab.GitLabException;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.rpc.Calls;
import io.mooring.kas.rpc.Feature;
import io.mooring.wire.agentevents.rpc.AgentEventsGrpc;
import io.mooring.wire.agentevents.rpc.ReportRequest;
import io.mooring.wire.agentevents.rpc.ReportResponse;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code Report}: takes a batch of events and answers when GitLab has it. A batch that GitLab
 * cannot take now is answered {@code UNAVAILABLE}: the agent keeps it and sends it again.
 */
public final class AgentEvents extends AgentEventsGrpc.AgentEventsImplBase implements Feature {
  private static final Logger log = LoggerFactory.getLogger(AgentEvents.class);

  private final AgentLookup agents;
  private final AgentReports reports;

  /** Identity comes from the token alone; events cannot name another agent. */
  public AgentEvents(AgentLookup agents, AgentReports reports) {
    this.agents = agents;
    this.reports = reports;
  }

  @Override
  public List<ServerServiceDefinition> agentServices() {
    return List.of(bindService());
  }

  @Override
  public void report(ReportRequest request, StreamObserver<ReportResponse> response) {
    Calls.answer(response, () -> report(request));
  }

  private ReportResponse report(ReportRequest request)
      throws StatusException, InterruptedException {
    AgentInfo agent = agents.agent(AgentToken.current());
    try {
      reports.report(agent.agentId(), request.getEventsList());
      return ReportResponse.getDefaultInstance();
    } catch (GitLabException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("agent_id", agent.agentId())
          .addKeyValue("count", request.getEventsCount())
          .log("GitLab did not take the events of an agent");
      throw Status.UNAVAILABLE
          .withDescription("GitLab cannot take events now")
          .withCause(e)
          .asException();
    }
  }
}
