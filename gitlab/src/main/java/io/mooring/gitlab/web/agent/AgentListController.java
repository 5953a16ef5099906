package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.agent.AgentSummaries;
import io.mooring.gitlab.agent.AgentSummary;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.gitlab.web.project.ProjectFrame;
import java.time.InstantSource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Lists of agents: of one project, and of all that somebody develops for. */
@RestController
class AgentListController {
  private final Layout layout;
  private final ProjectFrame frames;
  private final AgentAccess access;
  private final Access projects;
  private final AgentSummaries summaries;
  private final AgentConnections connections;
  private final InstantSource clock;

  AgentListController(
      Layout layout,
      ProjectFrame frames,
      AgentAccess access,
      Access projects,
      AgentSummaries summaries,
      AgentConnections connections,
      InstantSource clock) {
    this.layout = layout;
    this.frames = frames;
    this.access = access;
    this.projects = projects;
    this.summaries = summaries;
    this.connections = connections;
    this.clock = clock;
  }

  @GetMapping("/{*project}/-/clusters")
  Html ofProject(Visit visit, @PathVariable("project") String path, Parameters parameters) {
    Project project = access.read(visit.caller(), path.substring(1));
    Page page = Page.of(parameters);
    Page.Slice<AgentSummary> slice = summaries.of(project, page);
    boolean manages = access.manages(visit.caller(), project);
    Link register = Link.to("/{}/-/clusters/new", project.fullPath());
    Frame frame =
        frames
            .section(visit.caller(), project, ProjectFrame.Section.AGENTS)
            .live("AgentsChannel", "project_id", project.id())
            .actions(
                manages
                    ? Html.of(
                        "<a class=\"button primary\" href=\"{}\">Register an agent</a>", register)
                    : Html.of("<span class=\"hint\">Maintainers register agents.</span>"));
    return layout.page(
        visit,
        frame,
        slice.total() == 0
            ? Parts.empty(
                "No agents yet",
                manages
                    ? Html.of(
                        """
                        <p>An agent runs in a cluster, connects to here by itself and deploys what is pushed. \
                        It needs no open port.</p><p><a class="button primary" href="{}">Register the first one</a></p>
                        """,
                        register)
                    : Html.of("<p>A maintainer of the project can register one.</p>"))
            : table(slice, page, false, Link.to("/{}/-/clusters", project.fullPath())));
  }

  @GetMapping("/dashboard/agents")
  Html all(Visit visit, Parameters parameters) {
    visit.user();
    String search = parameters.text("search").orElse("");
    Page page = Page.of(parameters);
    Page.Slice<AgentSummary> slice =
        summaries.visible(projects.viewer(visit.caller()), search, page);
    return layout.page(
        visit,
        LiveAgents.frame(Frame.of("Agents"), slice.items()),
        Html.of(
            """
            <form class="search" role="search" action="/dashboard/agents"><label><span class="hidden">Name</span>\
            <input type="search" name="search" value="{}" placeholder="Find an agent by its name"></label></form>
            """,
            search),
        slice.total() == 0
            ? Parts.empty(
                search.isEmpty() ? "No agents yet" : "No agent of this name",
                search.isEmpty()
                    ? Html.of(
                        "<p>Agents belong to projects. <a href=\"/dashboard/projects\">Choose a project</a> and register one there.</p>")
                    : Html.of("<p><a href=\"/dashboard/agents\">Show all</a></p>"))
            : table(slice, page, true, Link.to("/dashboard/agents").with("search", search)));
  }

  private Html table(Page.Slice<AgentSummary> slice, Page page, boolean named, Link here) {
    return Html.join(
        AgentListView.table(
            slice.items(),
            connections.of(slice.items().stream().map(AgentSummary::id).toList()),
            named,
            clock.instant()),
        Parts.paging(page, slice.total(), here));
  }
}
