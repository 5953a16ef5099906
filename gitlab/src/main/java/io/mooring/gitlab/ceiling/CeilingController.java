package io.mooring.gitlab.ceiling;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.agent.Agents;
import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
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
  private final AuditEvents audit;
  private final ExternalUrl external;

  CeilingController(
      Ceilings ceilings,
      Agents agents,
      AgentAccess access,
      AuditEvents audit,
      ExternalUrl external) {
    this.ceilings = ceilings;
    this.agents = agents;
    this.access = access;
    this.audit = audit;
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
  @Transactional
  CeilingView put(Caller caller, @PathVariable long agentId, Parameters parameters) {
    User admin = caller.requireAdmin();
    Agent agent = require(agentId);
    Ceiling ceiling = CeilingReader.read(parameters);
    ceilings.requireTargets(ceiling, parameters);
    parameters.check();
    Map<String, Object> details = before(agent);
    ceilings.store(agent.id(), ceiling, admin.id());
    details.put("to", ceiling.json());
    note("cluster_agent_ceiling_set", admin, agent, details);
    return view(agent);
  }

  @DeleteMapping("/admin/cluster_agents/{agentId}/ceiling")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Transactional
  void delete(Caller caller, @PathVariable long agentId) {
    User admin = caller.requireAdmin();
    Agent agent = require(agentId);
    Map<String, Object> details = before(agent);
    if (!ceilings.remove(agent.id())) {
      throw ApiException.notFound("Ceiling");
    }
    note("cluster_agent_ceiling_removed", admin, agent, details);
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

  private Map<String, Object> before(Agent agent) {
    Map<String, Object> details = new LinkedHashMap<>();
    ceilings.find(agent.id()).ifPresent(ceiling -> details.put("from", ceiling.json()));
    return details;
  }

  private void note(String name, User admin, Agent agent, Map<String, Object> details) {
    audit.record(
        new AuditEvent(
            name,
            admin.author(),
            Entity.project(agent.project().id(), agent.project().fullPath()),
            new Target("Clusters::Agent", agent.id(), agent.name()),
            details));
  }
}
