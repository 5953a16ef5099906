package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.AgentSummary;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** The state of agents in a word or two. */
final class AgentBadges {
  private AgentBadges() {}

  static Link link(String projectPath, String name) {
    return Link.to("/{}/-/cluster_agents/{}", projectPath, name);
  }

  static Html contact(AgentSummary.Contact contact) {
    return switch (contact) {
      case CONNECTED -> Parts.badge(Tone.GOOD, "Connected");
      case AWAY ->
          Parts.badge(
              Tone.BAD, "Not connected", "It was here before. Look at its pods and their log.");
      case NEVER ->
          Parts.badge(
              Tone.QUIET, "Never connected", "Install it, and check that the token is right.");
    };
  }

  static Html lastContact(AgentSummary agent, Instant now) {
    return agent
        .lastContact()
        .map(last -> Parts.ago(last, now))
        .orElse(Html.of("<span class=\"muted\">never</span>"));
  }

  /** What is deployed, at a glance. */
  static Html sync(AgentSummary agent) {
    if (agent.configuration().filter("rejected"::equals).isPresent()) {
      return Parts.badge(
          Tone.BAD,
          "Configuration refused",
          Parts.plural(agent.configurationProblems(), "problem") + " in config.yaml");
    }
    if (agent.failing() > 0) {
      return Parts.badge(Tone.BAD, "Sync failed");
    }
    if (agent.running() > 0) {
      return Parts.badge(Tone.BUSY, "Syncing");
    }
    return agent.deployments() > 0
        ? Parts.badge(Tone.GOOD, "In sync")
        : Html.of("<span class=\"muted\">nothing deployed</span>");
  }

  static Html commit(String projectPath, Optional<String> commitId) {
    return Html.maybe(
        commitId.filter(id -> !id.isEmpty()),
        id ->
            Html.of(
                "<a class=\"commit\" href=\"{}\"><code>{}</code></a>",
                Link.to("/{}/-/commit/{}", projectPath, id),
                Parts.shortId(id)));
  }

  /** How many of the objects are well. */
  static Html health(AgentSummary agent) {
    if (agent.objects() == 0) {
      return Html.of("<span class=\"muted none\">–</span>");
    }
    int well = agent.objects() - agent.unhealthy() - agent.changing();
    return Html.of(
        """
        <span class="health" title="{} well, {} changing, {} not well">\
        <meter class="meter" min="0" max="{}" value="{}" optimum="{}" high="{}">{}</meter> {}</span>
        """,
        well,
        agent.changing(),
        agent.unhealthy(),
        agent.objects(),
        well,
        agent.objects(),
        agent.objects() - 1,
        well + "/" + agent.objects(),
        agent.unhealthy() > 0
            ? Parts.badge(Tone.BAD, agent.unhealthy() + " not well")
            : agent.changing() > 0
                ? Parts.badge(Tone.BUSY, agent.changing() + " changing")
                : Html.of("<span>{} healthy</span>", agent.objects()));
  }

  /** The health of one object. */
  static Html health(String health, String action) {
    if (action.equals("apply_failed")) {
      return Parts.badge(Tone.BAD, "Not applied");
    }
    return switch (health) {
      case "current" -> Parts.badge(Tone.GOOD, "Healthy");
      case "in_progress" -> Parts.badge(Tone.BUSY, "In progress");
      case "terminating" -> Parts.badge(Tone.BUSY, "Terminating");
      case "failed" -> Parts.badge(Tone.BAD, "Failed");
      case "not_found" -> Parts.badge(Tone.BAD, "Not found");
      default -> Parts.badge(Tone.QUIET, "Unknown");
    };
  }

  static Html outcome(String outcome) {
    return switch (outcome) {
      case "succeeded" -> Parts.badge(Tone.GOOD, "Succeeded");
      case "running" -> Parts.badge(Tone.BUSY, "Running");
      case "halted" -> Parts.badge(Tone.WARN, "Waits for a person");
      default -> Parts.badge(Tone.BAD, capital(outcome));
    };
  }

  static String capital(String word) {
    return word.isEmpty()
        ? word
        : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1).replace('_', ' ');
  }
}
