package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentAccess;
import io.mooring.gitlab.agent.AgentChanges;
import io.mooring.gitlab.agent.AgentTokens;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.web.Answers;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Notice;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import io.mooring.gitlab.web.project.ProjectFrame;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The pages of one agent. */
@RestController
class AgentPageController {
  private final Layout layout;
  private final ProjectFrame frames;
  private final AgentFrames agentFrames;
  private final AgentAccess access;
  private final AgentChanges changes;
  private final AgentConnections connections;
  private final AgentPages pages;
  private final AuditPages audit;
  private final Installation installation;

  AgentPageController(
      Layout layout,
      ProjectFrame frames,
      AgentFrames agentFrames,
      AgentAccess access,
      AgentChanges changes,
      AgentConnections connections,
      AgentPages pages,
      AuditPages audit,
      Installation installation) {
    this.layout = layout;
    this.frames = frames;
    this.agentFrames = agentFrames;
    this.access = access;
    this.changes = changes;
    this.connections = connections;
    this.pages = pages;
    this.audit = audit;
    this.installation = installation;
  }

  @GetMapping("/{*project}/-/cluster_agents/{name}")
  Html show(
      Visit visit,
      @PathVariable("project") String path,
      @PathVariable("name") String name,
      Parameters parameters) {
    Agent agent = access.named(visit.caller(), path.substring(1), name);
    AgentTab tab = AgentTab.named(parameters.text("tab"));
    Page page = Page.of(parameters);
    AgentConnections.Known known = connections.of(agent.id());
    Html content =
        switch (tab) {
          case CLUSTER -> throw new IllegalStateException("the cluster has a page of its own");
          case DEPLOYMENTS -> pages.deployments(agent);
          case ACTIVITY -> pages.activity(agent, page);
          case PODS -> pages.pods(agent, known);
          case TOKENS -> pages.tokens(visit, agent, Optional.empty());
          case CONFIGURATION -> pages.configuration(agent);
          case ACCESS -> pages.access(visit, agent);
          case AUDIT -> audit(visit, agent, parameters);
        };
    Html removal =
        tab == AgentTab.CONFIGURATION && access.manages(visit.caller(), agent.project())
            ? AgentPages.removal(visit, agent)
            : Html.EMPTY;
    return layout.page(visit, agentFrames.of(visit, agent, tab, known), content, removal);
  }

  @PostMapping("/{*project}/-/cluster_agents/{name}/tokens")
  ResponseEntity<Html> issueToken(
      Visit visit,
      @PathVariable("project") String path,
      @PathVariable("name") String name,
      Parameters parameters) {
    Agent agent = access.named(visit.caller(), path.substring(1), name);
    String project = agent.project().fullPath();
    try {
      AgentTokens.Issued issued =
          changes.issueToken(visit.caller(), project, agent.id(), parameters);
      return ResponseEntity.status(HttpStatus.CREATED)
          .body(
              layout.page(
                  visit,
                  frames
                      .below(
                          visit.caller(),
                          agent.project(),
                          ProjectFrame.Section.AGENTS,
                          "A new token")
                      .crumb(agent.name(), AgentBadges.link(project, agent.name()))
                      .narrowed(),
                  installation.view(agent.name(), issued.secret()),
                  Html.of(
                      "<p><a class=\"button\" href=\"{}\">Back to the tokens</a></p>",
                      AgentTab.TOKENS.link(agent))));
    } catch (ApiException e) {
      return Answers.refused(
          layout.page(
              visit,
              agentFrames.of(visit, agent, AgentTab.TOKENS, connections.of(agent.id())),
              pages.tokens(visit, agent, Optional.of(Answers.problem(e)))));
    }
  }

  @PostMapping("/{*project}/-/cluster_agents/{name}/tokens/{token}/revoke")
  ResponseEntity<Html> revokeToken(
      Visit visit,
      @PathVariable("project") String path,
      @PathVariable("name") String name,
      @PathVariable("token") long token) {
    Agent agent = access.named(visit.caller(), path.substring(1), name);
    changes.revokeToken(visit.caller(), agent.project().fullPath(), agent.id(), token);
    return Answers.changed(AgentTab.TOKENS.link(agent), Notice.TOKEN_REVOKED);
  }

  @PostMapping("/{*project}/-/cluster_agents/{name}/delete")
  ResponseEntity<Html> delete(
      Visit visit,
      @PathVariable("project") String path,
      @PathVariable("name") String name,
      Parameters parameters) {
    Agent named = access.named(visit.caller(), path.substring(1), name);
    Agent agent = access.manage(visit.caller(), named.project().fullPath(), named.id());
    if (!parameters.text("confirm").orElse("").equals(agent.name())) {
      return Answers.redirect(AgentTab.CONFIGURATION.link(agent));
    }
    changes.remove(visit.caller(), agent.project().fullPath(), agent.id());
    return Answers.changed(
        Link.to("/{}/-/clusters", agent.project().fullPath()), Notice.AGENT_DELETED);
  }

  private Html audit(Visit visit, Agent agent, Parameters parameters) {
    return audit.view(
        access.manage(visit.caller(), agent.project().fullPath(), agent.id()), parameters);
  }
}
