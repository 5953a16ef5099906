package io.mooring.gitlab.ceiling;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.agent.Agents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Ceilings, which administrators set and maintainers of the agent's project see. */
@RestController
@RequestMapping("/api/v4")
class CeilingController {
  private final Ceilings ceilings;
  private final Agents agents;
  private final AgentAccess access;
  private final CeilingChanges changes;
  private final ExternalUrl external;

  CeilingController(
      Ceilings ceilings,
      Agents agents,
      AgentAccess access,
      CeilingChanges changes,
      ExternalUrl external) {
    this.ceilings = ceilings;
    this.agents = agents;
    this.access = access;
    this.changes = changes;
    this.external = external;
  }

  /** A ceiling as the API shows it. */
  record CeilingView(
      long agentId, JsonNode ceiling, Instant updatedAt, @Nullable Long updatedByUserId) {
    static CeilingView of(Ceilings.Setting setting) {
      return new CeilingView(
          setting.agentId(),
          setting.ceiling().json(),
          setting.updatedAt(),
          setting.updatedByUserId().orElse(null));
    }
  }

  @GetMapping("/admin/ceilings")
  ResponseEntity<List<CeilingView>> list(
      Caller caller, Parameters parameters, HttpServletRequest request) {
    User _ = caller.requireAdmin();
    Page page = Page.of(parameters);
    return page.answer(request, external, ceilings.list(page).map(CeilingView::of));
  }

  @GetMapping("/admin/cluster_agents/{agentId}/ceiling")
  CeilingView get(Caller caller, @PathVariable long agentId) {
    User _ = caller.requireAdmin();
    return view(require(agentId));
  }

  @PutMapping("/admin/cluster_agents/{agentId}/ceiling")
  CeilingView put(Caller caller, @PathVariable long agentId, Parameters parameters) {
    User admin = caller.requireAdmin();
    Agent agent = require(agentId);
    Ceiling ceiling = changes.read(parameters);
    parameters.check();
    changes.set(admin, agent, ceiling);
    return view(agent);
  }

  @DeleteMapping("/admin/cluster_agents/{agentId}/ceiling")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable long agentId) {
    changes.remove(caller.requireAdmin(), require(agentId));
  }

  @GetMapping("/projects/{id}/cluster_agents/{agentId}/ceiling")
  CeilingView show(Caller caller, @PathVariable String id, @PathVariable long agentId) {
    return view(access.manage(caller, id, agentId));
  }

  private Agent require(long agentId) {
    return agents.find(agentId).orElseThrow(ApiException::recordNotFound);
  }

  private CeilingView view(Agent agent) {
    return ceilings
        .setting(agent.id())
        .map(CeilingView::of)
        .orElseThrow(() -> ApiException.notFound("Ceiling"));
  }
}
