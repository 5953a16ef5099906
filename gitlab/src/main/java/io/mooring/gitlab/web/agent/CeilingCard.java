package io.mooring.gitlab.web.agent;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.ceiling.Ceilings;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Access;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Namespaces;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import io.mooring.gitlab.web.Parts;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.ceiling.CeilingView;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * The ceiling of an agent, for everybody who may see the agent. Projects and groups that the person
 * may not see stand there by number. Thread-safe.
 */
@Component
class CeilingCard {
  private final Ceilings ceilings;
  private final Projects projects;
  private final Namespaces namespaces;
  private final Access access;
  private final InstantSource clock;

  CeilingCard(
      Ceilings ceilings,
      Projects projects,
      Namespaces namespaces,
      Access access,
      InstantSource clock) {
    this.ceilings = ceilings;
    this.projects = projects;
    this.namespaces = namespaces;
    this.access = access;
    this.clock = clock;
  }

  Html view(Visit visit, Agent agent) {
    Optional<Ceilings.Setting> setting = ceilings.setting(agent.id());
    Optional<User> user = visit.caller().user();
    return Html.of(
        "<section class=\"card\" id=\"ceiling\"><header><h2>Ceiling</h2>{}</header>{}</section>",
        user.filter(User::admin).isPresent()
            ? Html.of(
                "<a class=\"button small\" href=\"{}\">{}</a>",
                Link.to("/admin/cluster_agents/{}/ceiling", agent.id()),
                setting.isPresent() ? "Change it" : "Set one")
            : Html.EMPTY,
        setting
            .map(set ->
                Html.of(
                    "<p class=\"muted\">What an administrator allows at most, whoever asks and whatever stands below. Set {}.</p>{}",
                    Parts.ago(set.updatedAt(), clock.instant()),
                    CeilingView.whole(
                        set.ceiling(), id -> project(user, id), id -> group(user, id))))
            .orElseGet(() ->
                Html.of(
                    "<p class=\"muted\">None: the configuration below and the cluster's RBAC decide.</p>")));
  }

  private String project(Optional<User> user, long id) {
    return projects
        .find(id)
        .filter(project -> access.sees(user, project))
        .map(Project::fullPath)
        .orElse("project " + id);
  }

  private String group(Optional<User> user, long id) {
    return namespaces
        .find(id)
        .filter(group -> access.sees(user, group))
        .map(Namespace::fullPath)
        .orElse("group " + id);
  }
}
