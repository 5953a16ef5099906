package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentToken;
import io.mooring.gitlab.agent.AgentTokens;
import io.mooring.gitlab.agent.Agents;
import io.mooring.gitlab.agent.TokenUse;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Callers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Finds the agent whose token kas passes on (gitlab-side.md 1.2). Thread-safe. */
@Component
class AgentAuthentication {
  private static final String AGENTK_HEADER = "Gitlab-Agentk-Api-Request";
  private static final String AGENT_HEADER = "Gitlab-Agent-Api-Request";

  private final AgentTokens tokens;
  private final Agents agents;
  private final TokenUse use;

  AgentAuthentication(AgentTokens tokens, Agents agents, TokenUse use) {
    this.tokens = tokens;
    this.agents = agents;
    this.use = use;
  }

  /** The agent, whose call is noted; 401 for a token that is missing, unknown or revoked. */
  Agent require(HttpServletRequest request) {
    AgentToken token =
        secret(request).flatMap(tokens::authenticate).orElseThrow(ApiException::unauthorized);
    use.note(token);
    return agents.find(token.agentId()).orElseThrow(ApiException::unauthorized);
  }

  /** Newer kas have headers of their own; the first that is there counts, even with a bad token. */
  private static Optional<String> secret(HttpServletRequest request) {
    return Optional.ofNullable(request.getHeader(AGENTK_HEADER))
        .or(() -> Optional.ofNullable(request.getHeader(AGENT_HEADER)))
        .or(() -> Callers.bearer(request));
  }
}
