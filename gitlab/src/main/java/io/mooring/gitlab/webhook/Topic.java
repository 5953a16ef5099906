package io.mooring.gitlab.webhook;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What webhooks tell of. */
public enum Topic {
  /** An agent was lost, or returned. */
  PRESENCE("Agent Presence Hook"),
  /** The configuration of an agent was refused. */
  CONFIGURATION("Agent Configuration Hook"),
  /** A synchronization failed, or succeeds again. */
  SYNC("Agent Sync Hook");

  private final String event;

  Topic(String event) {
    this.event = event;
  }

  /** The value of {@code X-Gitlab-Event}. */
  String event() {
    return event;
  }

  /** What bodies call it: {@code agent_presence}. */
  String kind() {
    return "agent_" + name().toLowerCase(Locale.ROOT);
  }

  /** The parameter that switches it, which is also the trigger of a test. */
  public String parameter() {
    return kind() + "_events";
  }

  /** The one of a parameter. */
  public static Optional<Topic> of(String parameter) {
    return Arrays.stream(values()).filter(topic -> topic.parameter().equals(parameter)).findFirst();
  }
}
