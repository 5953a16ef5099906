package io.mooring.gitlab.web.home;

import io.mooring.gitlab.agent.AgentSummaries;
import io.mooring.gitlab.agent.AgentSummary;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Parts.Tone;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.agent.LiveAgents;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.gitlab.web.project.ProjectFrame;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The first page of who is signed in. */
@RestController
class DashboardController {
  private static final int WORST = 8;
  private static final Page NEWEST = new Page(1, 6);

  private final Layout layout;
  private final AgentSummaries agents;
  private final Projects projects;
  private final Access access;
  private final InstantSource clock;

  DashboardController(
      Layout layout, AgentSummaries agents, Projects projects, Access access, InstantSource clock) {
    this.layout = layout;
    this.agents = agents;
    this.projects = projects;
    this.access = access;
    this.clock = clock;
  }

  @GetMapping("/dashboard")
  Html show(Visit visit) {
    visit.user();
    Access.Viewer viewer = access.viewer(visit.caller());
    List<AgentSummary> worst = agents.needingAttention(viewer, WORST);
    Page.Slice<AgentSummary> newest = agents.visible(viewer, "", NEWEST);
    Page.Slice<Project> own = projects.visible(viewer, Optional.empty(), "", NEWEST);
    Instant now = clock.instant();
    return layout.page(
        visit,
        LiveAgents.frame(
            Frame.of("Welcome, " + visit.user().name()),
            Stream.concat(worst.stream(), newest.items().stream()).toList()),
        newest.total() == 0 || newest.items().stream().noneMatch(agent -> agent.objects() > 0)
            ? steps(own, newest)
            : Html.EMPTY,
        Html.of(
            "<div class=\"columns\">{}{}{}</div>",
            attention(worst, newest.total(), now),
            newest(newest, now),
            projects(own)));
  }

  /** From nothing to something that runs. */
  private static Html steps(Page.Slice<Project> own, Page.Slice<AgentSummary> agents) {
    Optional<String> project =
        agents.items().stream()
            .findFirst()
            .map(AgentSummary::projectPath)
            .or(() -> own.items().stream().findFirst().map(Project::fullPath));
    boolean connected = agents.items().stream().anyMatch(agent -> agent.lastContact().isPresent());
    return Html.of(
        """
        <section class="card steps"><h2>From a push to the cluster</h2><ol>{}{}{}{}</ol></section>
        """,
        step(
            project.isPresent(),
            Html.of(
                "<a href=\"/projects/new\">Create a project</a> for manifests and configuration.")),
        step(
            agents.total() > 0,
            project
                .map(path ->
                    Html.of(
                        "<a href=\"{}\">Register an agent</a> and install it with the commands you get.",
                        Link.to("/{}/-/clusters/new", path)))
                .orElse(Html.of("Register an agent and install it."))),
        step(connected, Html.of("Wait until it connects: its page turns green by itself.")),
        step(
            false,
            Html.of(
                "Push <code>.gitlab/agents/NAME/config.yaml</code> and manifests; what they bring about shows here.")));
  }

  private static Html step(boolean done, Html text) {
    return done
        ? Html.of("<li class=\"done\"><span class=\"hidden\">Done: </span>{}</li>", text)
        : Html.of("<li>{}</li>", text);
  }

  private static Html attention(List<AgentSummary> worst, long total, Instant now) {
    if (total == 0) {
      return Html.EMPTY;
    }
    return Html.of(
        "<section class=\"card\" id=\"attention\" data-live><h2>Needs attention</h2>{}</section>",
        worst.isEmpty()
            ? Html.of("<p>{} Nothing does.</p>", Parts.badge(Tone.GOOD, "All well"))
            : Html.of("<ul class=\"list\">{}</ul>", Html.each(worst, agent -> row(agent, now))));
  }

  private static Html newest(Page.Slice<AgentSummary> newest, Instant now) {
    return newest.total() == 0
        ? Html.EMPTY
        : Html.of(
            """
            <section class="card" id="newest" data-live><header><h2>Agents</h2><a href="/dashboard/agents">All {}</a></header><ul class="list">{}</ul></section>
            """,
            newest.total(),
            Html.each(newest.items(), agent -> row(agent, now)));
  }

  private static Html row(AgentSummary agent, Instant now) {
    return Html.of(
        "<li><a href=\"{}\">{}</a> <span class=\"muted\">{}</span><span class=\"end\">{}</span></li>",
        Link.to("/{}/-/cluster_agents/{}", agent.projectPath(), agent.name()),
        agent.name(),
        agent.projectPath(),
        state(agent, now));
  }

  private static Html state(AgentSummary agent, Instant now) {
    if (agent.lostAt().isPresent()) {
      return LiveAgents.alert(agent, now);
    }
    if (agent.configuration().filter("rejected"::equals).isPresent()) {
      return Parts.badge(Tone.BAD, "Configuration refused");
    }
    if (agent.failing() > 0) {
      return Parts.badge(Tone.BAD, "Sync failed");
    }
    if (agent.unhealthy() > 0) {
      return Parts.badge(Tone.BAD, agent.unhealthy() + " not well");
    }
    return switch (agent.contact(now)) {
      case AWAY -> Parts.badge(Tone.BAD, "Not connected");
      case NEVER -> Parts.badge(Tone.QUIET, "Never connected");
      case CONNECTED ->
          agent.changing() > 0
              ? Parts.badge(Tone.BUSY, agent.changing() + " changing")
              : Parts.badge(Tone.GOOD, "Well");
    };
  }

  private static Html projects(Page.Slice<Project> own) {
    var rows = new ArrayList<Html>();
    for (Project project : own.items()) {
      rows.add(
          Html.of(
              "<li><a href=\"{}\">{}</a> <span class=\"muted\">{}</span></li>",
              ProjectFrame.link(project),
              project.fullPath(),
              project.description()));
    }
    return Html.of(
        """
        <section class="card"><header><h2>Projects</h2><a href="/dashboard/projects">All {}</a></header>{}</section>
        """,
        own.total(),
        rows.isEmpty()
            ? Html.of("<p class=\"muted\">None yet. <a href=\"/projects/new\">Create one</a>.</p>")
            : Html.of("<ul class=\"list\">{}</ul>", Html.join(rows)));
  }
}
