package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.AgentSummary;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.html.Html;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Agents in a table. */
final class AgentListView {
  private AgentListView() {}

  /** A table of agents; with the project of each when they are of several. */
  static Html table(
      List<AgentSummary> agents,
      Map<Long, AgentConnections.Known> known,
      boolean projects,
      Instant now) {
    return Html.of(
        """
        {}<div class="table" id="agents" data-live><table class="agents">
        <thead><tr><th scope="col">Agent</th><th scope="col">Connection</th><th scope="col">Last contact</th>\
        <th scope="col">Version</th><th scope="col">Sync</th><th scope="col">Health</th></tr></thead>
        <tbody>{}</tbody></table></div>
        """,
        unreachable(known),
        Html.each(
            agents,
            agent -> row(agent, Objects.requireNonNull(known.get(agent.id())), projects, now)));
  }

  private static Html unreachable(Map<Long, AgentConnections.Known> known) {
    Optional<String> reason =
        known.values().stream()
            .filter(AgentConnections.Known.Unknown.class::isInstance)
            .map(unknown -> ((AgentConnections.Known.Unknown) unknown).reason())
            .findFirst();
    return Html.maybe(
        reason,
        text ->
            Html.of(
                "<p class=\"hint\" role=\"status\">Versions are not known now: {}. Whether agents are connected is told by their last contact.</p>",
                text));
  }

  private static Html row(
      AgentSummary agent, AgentConnections.Known known, boolean projects, Instant now) {
    return Html.of(
        """
        <tr id="agent-{}"><th scope="row" data-label="Agent"><a href="{}">{}</a>{}</th>\
        <td data-label="Connection"><span class="stack">{}{}</span></td><td data-label="Last contact">{}</td><td data-label="Version">{}</td>\
        <td data-label="Sync"><span class="stack">{}{}</span></td><td data-label="Health">{}</td></tr>
        """,
        agent.id(),
        AgentBadges.link(agent.projectPath(), agent.name()),
        agent.name(),
        projects ? Html.of("<span class=\"muted sub\">{}</span>", agent.projectPath()) : Html.EMPTY,
        AgentBadges.contact(AgentConnections.contact(agent, known, now)),
        LiveAgents.alert(agent, now),
        AgentBadges.lastContact(agent, now),
        versions(known),
        AgentBadges.sync(agent),
        AgentBadges.commit(agent.projectPath(), agent.commitId()),
        AgentBadges.health(agent));
  }

  static Html versions(AgentConnections.Known known) {
    return switch (known) {
      case AgentConnections.Known.Unknown _ -> Html.of("<span class=\"muted none\">–</span>");
      case AgentConnections.Known.Pods(List<KasClient.Connection> pods) -> {
        List<String> versions = Versions.distinct(pods);
        yield versions.isEmpty()
            ? Html.of("<span class=\"muted none\">–</span>")
            : Html.of(
                "<span class=\"stack\"><span>{}</span>{}</span>",
                versions.getFirst(),
                Html.maybe(
                    Versions.warning(versions),
                    warning ->
                        Parts.badge(
                            Tone.WARN,
                            versions.size() > 1 ? "Version mismatch" : "Outdated",
                            warning)));
      }
    };
  }
}
