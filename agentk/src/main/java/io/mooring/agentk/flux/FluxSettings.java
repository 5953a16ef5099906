package io.mooring.agentk.flux;

import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.wire.agentcfg.AgentConfiguration;
import java.util.Optional;

/**
 * What the configuration says of Flux, with defaults. Equal settings need no restart.
 *
 * @param gitlab whose repositories count; empty when kas does not tell
 */
record FluxSettings(long agentId, Optional<GitUrl> gitlab, WebhookAddress webhook) {
  static FluxSettings of(AgentConfiguration configuration) throws ConfigurationRejectedException {
    return new FluxSettings(
        configuration.getAgentId(),
        GitUrl.parse(configuration.getGitlabExternalUrl()),
        WebhookAddress.parse(configuration.getFlux().getWebhookReceiverUrl()));
  }
}
