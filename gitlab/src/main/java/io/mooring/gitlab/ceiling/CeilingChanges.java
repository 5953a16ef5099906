package io.mooring.gitlab.ceiling;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.User;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What administrators do with ceilings; every change is in the audit. Thread-safe. */
@Component
public class CeilingChanges {
  private final Ceilings ceilings;
  private final AuditEvents audit;

  CeilingChanges(Ceilings ceilings, AuditEvents audit) {
    this.ceilings = ceilings;
    this.audit = audit;
  }

  /**
   * Reads a ceiling. What is wrong with it is noted in the parameters, each problem beginning with
   * the name of its member; the ceiling is worth nothing then.
   */
  public Ceiling read(Parameters parameters) {
    Ceiling ceiling = CeilingReader.read(parameters);
    ceilings.requireTargets(ceiling, parameters);
    return ceiling;
  }

  /** Sets the ceiling of an agent, in place of one that it had. */
  @Transactional
  public void set(User admin, Agent agent, Ceiling ceiling) {
    Map<String, Object> details = before(agent);
    ceilings.store(agent.id(), ceiling, admin.id());
    details.put("to", ceiling.json());
    note("cluster_agent_ceiling_set", admin, agent, details);
  }

  /**
   * Removes the ceiling of an agent.
   *
   * @throws ApiException 404 when it has none
   */
  @Transactional
  public void remove(User admin, Agent agent) {
    Map<String, Object> details = before(agent);
    if (!ceilings.remove(agent.id())) {
      throw ApiException.notFound("Ceiling");
    }
    note("cluster_agent_ceiling_removed", admin, agent, details);
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
