package io.mooring.gitlab.presence;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.Project;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Alerts about agents that went away: an addition to GitLab's API. */
@RestController
class AlertController {
  private final AgentAccess access;
  private final AlertList alerts;
  private final ExternalUrl external;

  AlertController(AgentAccess access, AlertList alerts, ExternalUrl external) {
    this.access = access;
    this.alerts = alerts;
    this.external = external;
  }

  @GetMapping("/api/v4/projects/{id}/cluster_agents/{agentId}/alerts")
  ResponseEntity<List<Alert>> ofAgent(
      Caller caller,
      @PathVariable String id,
      @PathVariable long agentId,
      Parameters parameters,
      HttpServletRequest request) {
    Agent agent = access.read(caller, id, agentId);
    return answer(agent.project(), Optional.of(agentId), parameters, request);
  }

  @GetMapping("/api/v4/projects/{id}/cluster_agent_alerts")
  ResponseEntity<List<Alert>> ofProject(
      Caller caller, @PathVariable String id, Parameters parameters, HttpServletRequest request) {
    return answer(access.read(caller, id), Optional.empty(), parameters, request);
  }

  private ResponseEntity<List<Alert>> answer(
      Project project, Optional<Long> agentId, Parameters parameters, HttpServletRequest request) {
    Optional<Boolean> open =
        parameters.word("status", Set.of("open", "resolved")).map("open"::equals);
    Page page = Page.of(parameters);
    return page.answer(request, external, alerts.of(project.id(), agentId, open, page));
  }
}
