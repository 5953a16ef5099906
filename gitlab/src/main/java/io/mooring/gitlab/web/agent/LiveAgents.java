package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.AgentSummary;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.html.Html;
import java.time.Instant;
import java.util.List;

/** What pages that list agents of several projects have in common. */
public final class LiveAgents {
  private LiveAgents() {}

  /** The same page, fetched anew when something happens to agents of these projects. */
  public static Frame frame(Frame frame, List<AgentSummary> agents) {
    Frame live = frame;
    for (long project : agents.stream().map(AgentSummary::projectId).distinct().toList()) {
      live = live.live("AgentsChannel", "project_id", project);
    }
    return live;
  }

  /** Says that an alert about it is open. */
  public static Html alert(AgentSummary agent, Instant now) {
    return Html.maybe(
        agent.lostAt(),
        at ->
            Html.of(
                "<span>{} <span class=\"muted\">{}</span></span>",
                Parts.badge(
                    Tone.BAD,
                    "Lost",
                    "An alert was raised; it ends when the agent is back to stay."),
                Parts.ago(at, now)));
  }
}
