package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.Agents;
import io.mooring.gitlab.agent.AuthorizationRefresh;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Takes in an agent's configuration as kas read it from Git (gitlab-side.md 1.8). */
@RestController
class AgentConfigurationController {
  private final Agents agents;
  private final AuthorizationRefresh refresh;

  AgentConfigurationController(Agents agents, AuthorizationRefresh refresh) {
    this.agents = agents;
    this.refresh = refresh;
  }

  @PostMapping("/api/v4/internal/kubernetes/agent_configuration")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void store(Parameters parameters) {
    long agentId = parameters.requiredNumber("agent_id");
    ObjectNode configuration = parameters.requiredObject("agent_config");
    parameters.check();
    Agent agent = agents.find(agentId).orElseThrow(ApiException::recordNotFound);
    refresh.apply(agent, configuration);
  }
}
