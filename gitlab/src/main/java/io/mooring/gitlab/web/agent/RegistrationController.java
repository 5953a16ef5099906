package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.agent.AgentChanges;
import io.mooring.gitlab.agent.AgentSummaries;
import io.mooring.gitlab.agent.AgentSummary;
import io.mooring.gitlab.agent.AgentTokens;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.web.Answers;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Attributes;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.gitlab.web.project.ProjectFrame;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.JsonNodeFactory;

/** Registers agents and shows how to install them. */
@RestController
class RegistrationController {
  private final Layout layout;
  private final ProjectFrame frames;
  private final AgentAccess access;
  private final AgentChanges changes;
  private final AgentSummaries summaries;
  private final AgentConnections connections;
  private final Installation installation;
  private final InstantSource clock;

  RegistrationController(
      Layout layout,
      ProjectFrame frames,
      AgentAccess access,
      AgentChanges changes,
      AgentSummaries summaries,
      AgentConnections connections,
      Installation installation,
      InstantSource clock) {
    this.layout = layout;
    this.frames = frames;
    this.access = access;
    this.changes = changes;
    this.summaries = summaries;
    this.connections = connections;
    this.installation = installation;
    this.clock = clock;
  }

  @GetMapping("/{*project}/-/clusters/new")
  Html form(Visit visit, @PathVariable("project") String path, Parameters parameters) {
    Project project = access.manage(visit.caller(), path.substring(1));
    return form(visit, project, parameters.text("name").orElse(""), Optional.empty());
  }

  @PostMapping("/{*project}/-/clusters")
  ResponseEntity<Html> register(
      Visit visit, @PathVariable("project") String path, Parameters parameters) {
    Project project = access.manage(visit.caller(), path.substring(1));
    Agent agent;
    try {
      agent = changes.register(visit.caller(), project.fullPath(), parameters);
    } catch (ApiException e) {
      return Answers.refused(
          form(
              visit, project, parameters.text("name").orElse(""), Optional.of(Answers.problem(e))));
    }
    AgentTokens.Issued issued =
        changes.issueToken(
            visit.caller(),
            project.fullPath(),
            agent.id(),
            Parameters.of(JsonNodeFactory.instance.objectNode().put("name", "first")));
    Link configuration =
        Link.to(
            "/{}/-/blob/{}/.gitlab/agents/{}/config.yaml",
            project.fullPath(),
            project.defaultBranch(),
            agent.name());
    return ResponseEntity.status(HttpStatus.CREATED)
        .body(
            layout.page(
                visit,
                frames
                    .below(
                        visit.caller(),
                        project,
                        ProjectFrame.Section.AGENTS,
                        "Connect " + agent.name())
                    .live("AgentChannel", "agent_id", agent.id())
                    .narrowed(),
                status(agent),
                installation.view(agent.name(), issued.secret()),
                Html.of(
                    """
                    <section class="card"><h2>Tell it what to deploy</h2>
                    <p>Commit a file at <code>.gitlab/agents/{}/config.yaml</code> of this project:</p>{}
                    <p>Every manifest below <code>manifests/</code> is then kept as it is in the repository. \
                    <a href="{}">Look at the file</a> once it is pushed.</p></section>
                    """,
                    agent.name(),
                    Parts.copyable(
                        "config.yaml",
                        """
                        gitops:
                          manifest_projects:
                          - id: %s
                            paths:
                            - glob: 'manifests/**/*.yaml'\
                        """
                            .formatted(project.fullPath())),
                    configuration)));
  }

  /** Whether the agent has come; the page that shows the commands fetches it anew. */
  @GetMapping("/{*project}/-/cluster_agents/{name}/status")
  Html status(
      Visit visit, @PathVariable("project") String path, @PathVariable("name") String name) {
    return status(access.named(visit.caller(), path.substring(1), name));
  }

  /** Without secrets: the token is put into the cluster by another command. */
  @GetMapping("/-/kubernetes_agent/manifest.yaml")
  ResponseEntity<String> manifest(@RequestParam("name") String name) {
    if (!name.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
      throw ApiException.badRequest(
          "name " + name.length() + " characters (expected: the name of an agent)");
    }
    return ResponseEntity.ok()
        .contentType(new MediaType("text", "yaml", StandardCharsets.UTF_8))
        .body(installation.manifest(name));
  }

  private Html status(Agent agent) {
    AgentSummary summary = summaries.of(agent);
    AgentSummary.Contact contact =
        AgentConnections.contact(summary, connections.of(agent.id()), clock.instant());
    String projectPath = agent.project().fullPath();
    Link page = AgentBadges.link(projectPath, agent.name());
    boolean connected = contact == AgentSummary.Contact.CONNECTED;
    return Html.of(
        """
        <section id="agent-status" class="status {}" data-live data-from="{}" role="status" aria-live="polite">{}</section>
        """,
        connected ? "good" : "waiting",
        Link.to("/{}/-/cluster_agents/{}/status", projectPath, agent.name()),
        connected
            ? Html.of(
                "<strong>{} is connected.</strong> <a class=\"button primary\" href=\"{}\">Open its page</a>",
                agent.name(),
                page)
            : Html.of(
                "<span class=\"spinner\" aria-hidden=\"true\"></span><span><strong>Waiting for {}.</strong> "
                    + "This turns green when it connects.</span>",
                agent.name()));
  }

  private Html form(Visit visit, Project project, String name, Optional<String> problem) {
    return layout.page(
        visit,
        frames
            .below(visit.caller(), project, ProjectFrame.Section.AGENTS, "Register an agent")
            .narrowed(),
        Html.of(
            """
            <form class="card form" method="post" action="{}">{}{}{}
            <button type="submit" class="button primary">Register</button></form>
            <p class="muted">You get a token and the commands to install it next.</p>
            """,
            Link.to("/{}/-/clusters", project.fullPath()),
            visit.csrf(),
            Parts.problem(problem),
            Parts.field(
                "Name",
                "name",
                name,
                Attributes.flag("required", true)
                    .and(Attributes.flag("autofocus", true))
                    .and(Attributes.of("pattern", "[a-z0-9]([a-z0-9\\-]*[a-z0-9])?"))
                    .and(Attributes.of("maxlength", "63"))
                    .and(Attributes.of("autocapitalize", "none"))
                    .and(Attributes.of("autocomplete", "off")),
                Html.text(
                    "Up to 63 lowercase letters, digits and '-', not at the beginning or end. It names the"
                        + " configuration file and cannot be changed."))));
  }
}
