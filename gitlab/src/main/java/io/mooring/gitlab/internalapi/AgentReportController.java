package io.mooring.gitlab.internalapi;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentReports;
import io.mooring.gitlab.agent.Agents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.wire.agentevents.rpc.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Takes in what agents report of their clusters: an addition to GitLab's API. */
@RestController
class AgentReportController {
  /** More than kas sends in one request. */
  private static final int MAX_EVENTS = 1000;

  /** Our agents use 36 characters. */
  private static final int MAX_ID = 255;

  private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();

  private final Agents agents;
  private final AgentReports reports;

  AgentReportController(Agents agents, AgentReports reports) {
    this.agents = agents;
    this.reports = reports;
  }

  @PostMapping("/api/v4/internal/kubernetes/agent_reports")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void accept(Parameters parameters) {
    long agentId = parameters.requiredNumber("agent_id");
    List<Event> events = events(parameters);
    parameters.check();
    // "404 Not Found" of an unknown path would tell kas that this GitLab takes no reports at all.
    Agent agent =
        agents
            .find(agentId)
            .orElseThrow(
                () -> ApiException.message(HttpStatus.GONE, "410 Gone - the agent was deleted"));
    reports.accept(agent.id(), events);
  }

  private static List<Event> events(Parameters parameters) {
    Optional<JsonNode> list = parameters.node("events");
    if (list.isEmpty()) {
      parameters.refuse("events is missing");
      return List.of();
    }
    if (!list.get().isArray() || list.get().size() > MAX_EVENTS) {
      parameters.refuse("events is invalid");
      return List.of();
    }
    var events = new ArrayList<Event>();
    for (JsonNode node : list.get()) {
      var event = Event.newBuilder();
      try {
        PARSER.merge(node.toString(), event);
      } catch (InvalidProtocolBufferException e) {
        parameters.refuse("events[" + events.size() + "] is invalid");
        return List.of();
      }
      if (event.getId().isEmpty() || event.getId().length() > MAX_ID || !event.hasTime()) {
        parameters.refuse("events[" + events.size() + "] is invalid");
        return List.of();
      }
      events.add(event.build());
    }
    return events;
  }
}
