package io.mooring.gitlab.presence;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The operator's times, as rules. */
@Configuration(proxyBeanMethods = false)
class PresenceConfiguration {
  @Bean
  PresenceRules presenceRules(GitLabConfiguration configuration) {
    var alerts = configuration.alerts();
    return new PresenceRules(alerts.lostAfter(), alerts.returnedAfter(), alerts.silentAfter());
  }
}
