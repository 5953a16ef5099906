package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.agent.AgentSummaries;
import io.mooring.gitlab.agent.AgentSummary;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.project.ProjectFrame;
import java.time.Instant;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/** What stands around the pages of one agent: its state at a glance, and its tabs. Thread-safe. */
@Component
class AgentFrames {
  private final ProjectFrame frames;
  private final AgentAccess access;
  private final AgentSummaries summaries;
  private final InstantSource clock;

  AgentFrames(
      ProjectFrame frames, AgentAccess access, AgentSummaries summaries, InstantSource clock) {
    this.frames = frames;
    this.access = access;
    this.summaries = summaries;
    this.clock = clock;
  }

  Frame of(Visit visit, Agent agent, AgentTab tab, AgentConnections.Known known) {
    Instant now = clock.instant();
    AgentSummary summary = summaries.of(agent);
    return frames
        .below(visit.caller(), agent.project(), ProjectFrame.Section.AGENTS, agent.name())
        .with(AgentTab.all(agent, tab, access.manages(visit.caller(), agent.project())))
        .subtitle(
            Html.of(
                "<p class=\"facts\" id=\"glance\" data-live>{} {} <span>last contact {}</span> {} {} {}</p>",
                AgentBadges.contact(AgentConnections.contact(summary, known, now)),
                LiveAgents.alert(summary, now),
                AgentBadges.lastContact(summary, now),
                AgentListView.versions(known),
                AgentBadges.sync(summary),
                AgentBadges.health(summary)))
        .live("AgentChannel", "agent_id", agent.id());
  }
}
