package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.html.Link;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The pages of one agent. */
enum AgentTab {
  DEPLOYMENTS("Deployments"),
  CLUSTER("Cluster"),
  ACTIVITY("Activity"),
  PODS("Connected pods"),
  TOKENS("Access tokens"),
  CONFIGURATION("Configuration"),
  ACCESS("Access"),
  AUDIT("Audit");

  private final String label;

  AgentTab(String label) {
    this.label = label;
  }

  static AgentTab named(Optional<String> name) {
    return name.flatMap(
            text -> Arrays.stream(values()).filter(tab -> tab.parameter().equals(text)).findFirst())
        .orElse(DEPLOYMENTS);
  }

  String parameter() {
    return name().toLowerCase(Locale.ROOT);
  }

  Link link(Agent agent) {
    Link page = AgentBadges.link(agent.project().fullPath(), agent.name());
    return this == DEPLOYMENTS ? page : page.with("tab", parameter());
  }

  /** The tabs of who may see the agent; the audit is for those who manage it. */
  static List<Frame.Tab> all(Agent agent, AgentTab current, boolean manages) {
    return Arrays.stream(values())
        .filter(tab -> tab != AUDIT || manages)
        .map(tab -> Frame.Tab.of(tab.label, tab.link(agent), tab == current))
        .toList();
  }
}
