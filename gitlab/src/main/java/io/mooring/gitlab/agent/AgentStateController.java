package io.mooring.gitlab.agent;

import io.mooring.gitlab.identity.Caller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What an agent last reported: an addition to GitLab's API. */
@RestController
class AgentStateController {
  private final AgentAccess access;
  private final AgentStates states;

  AgentStateController(AgentAccess access, AgentStates states) {
    this.access = access;
    this.states = states;
  }

  @GetMapping("/api/v4/projects/{id}/cluster_agents/{agentId}/state")
  AgentState state(Caller caller, @PathVariable String id, @PathVariable long agentId) {
    return states.of(access.read(caller, id, agentId).id());
  }
}
