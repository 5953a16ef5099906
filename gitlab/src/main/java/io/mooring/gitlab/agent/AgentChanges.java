package io.mooring.gitlab.agent;

import io.mooring.gitlab.audit.AuditEvent;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.audit.AuditEvents;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.project.Project;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What people change about agents and their tokens, by REST and by pages alike. Thread-safe. */
@Component
public class AgentChanges {
  private static final int MAX_NAME = 255;
  private static final int MAX_DESCRIPTION = 1024;

  private final AgentAccess access;
  private final Agents agents;
  private final AgentTokens tokens;
  private final AuditEvents audit;

  AgentChanges(AgentAccess access, Agents agents, AgentTokens tokens, AuditEvents audit) {
    this.access = access;
    this.agents = agents;
    this.tokens = tokens;
    this.audit = audit;
  }

  /**
   * Registers an agent of the name in {@code name}.
   *
   * @throws ApiException 400 naming what is wrong with it, 403 or 404 for who may not
   */
  @Transactional
  public Agent register(Caller caller, String projectIdOrPath, Parameters parameters) {
    Project project = access.manage(caller, projectIdOrPath);
    String name = parameters.requiredText("name");
    parameters.check();
    List<String> problems = AgentName.problems(name);
    if (!problems.isEmpty()) {
      throw refused(problems);
    }
    try {
      Agent agent = agents.create(project, name, caller.requireUser().id());
      note(caller, "cluster_agent_created", agent, agentTarget(agent));
      return agent;
    } catch (DuplicateKeyException e) {
      throw refused(List.of("Name has already been taken"));
    }
  }

  /** Removes an agent with everything that belongs to it. */
  @Transactional
  public void remove(Caller caller, String projectIdOrPath, long agentId) {
    Agent agent = access.manage(caller, projectIdOrPath, agentId);
    agents.delete(agent);
    note(caller, "cluster_agent_deleted", agent, agentTarget(agent));
  }

  /**
   * Makes a token of the {@code name} and {@code description} given.
   *
   * @throws ApiException 400 naming what is wrong, also when the agent has two active ones
   */
  @Transactional
  public AgentTokens.Issued issueToken(
      Caller caller, String projectIdOrPath, long agentId, Parameters parameters) {
    Agent agent = access.manage(caller, projectIdOrPath, agentId);
    String name = parameters.requiredText("name");
    Optional<String> description = parameters.text("description");
    parameters.check();
    List<String> problems = problems(name, description.orElse(""));
    if (!problems.isEmpty()) {
      throw refused(problems);
    }
    AgentTokens.Issued issued =
        tokens
            .issue(agent.id(), name, description, caller.requireUser().id())
            .orElseThrow(() ->
                ApiException.badRequest("An agent can have only two active tokens at a time"));
    note(caller, "cluster_agent_token_created", agent, target(issued.token()));
    return issued;
  }

  /** Makes a token worth nothing. */
  @Transactional
  public void revokeToken(Caller caller, String projectIdOrPath, long agentId, long tokenId) {
    Agent agent = access.manage(caller, projectIdOrPath, agentId);
    AgentToken token = tokens.find(agent.id(), tokenId).orElseThrow(ApiException::recordNotFound);
    tokens.revoke(token, caller.requireUser().id());
    note(caller, "cluster_agent_token_revoked", agent, target(token));
  }

  private void note(Caller caller, String name, Agent agent, Target target) {
    Project project = agent.project();
    audit.record(
        new AuditEvent(
            name,
            caller.requireUser().author(),
            Entity.project(project.id(), project.fullPath()),
            target,
            Map.of("agent_id", agent.id(), "agent_name", agent.name())));
  }

  private static Target agentTarget(Agent agent) {
    return new Target("Clusters::Agent", agent.id(), agent.name());
  }

  private static Target target(AgentToken token) {
    return new Target("Clusters::AgentToken", token.id(), token.name());
  }

  private static List<String> problems(String name, String description) {
    var problems = new ArrayList<String>();
    if (name.isBlank()) {
      problems.add("Name can't be blank");
    }
    if (name.length() > MAX_NAME) {
      problems.add("Name is too long (maximum is 255 characters)");
    }
    if (description.length() > MAX_DESCRIPTION) {
      problems.add("Description is too long (maximum is 1024 characters)");
    }
    return problems;
  }

  /** GitLab shows a list as Ruby prints it. */
  static ApiException refused(List<String> problems) {
    return ApiException.badRequest("[\"" + String.join("\", \"", problems) + "\"]");
  }
}
