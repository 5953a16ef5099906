package io.mooring.kas.config;

import java.time.Duration;

/**
 * How agents' configuration files are read.
 *
 * @param pollPeriod time between two looks at a repository when no push was reported
 * @param maxConfigurationFileSize in bytes
 */
public record AgentConfigurationSettings(Duration pollPeriod, long maxConfigurationFileSize) {
  static AgentConfigurationSettings read(Section section) {
    return new AgentConfigurationSettings(
        section.duration(
            "poll_period",
            Duration.ofMinutes(5),
            "How often the repository of an agent's configuration is looked at when no push was reported."),
        section.number(
            "max_configuration_file_size",
            128 * 1024,
            "Largest configuration file of an agent, in bytes."));
  }
}
