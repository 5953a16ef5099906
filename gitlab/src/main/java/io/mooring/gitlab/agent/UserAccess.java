package io.mooring.gitlab.agent;

import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.project.Members;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Namespaces;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import io.mooring.gitlab.project.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;

/** Which people an agent serves, and how (gitlab-side.md 1.11). Thread-safe. */
@Repository
public class UserAccess {
  private final JdbcClient jdbc;
  private final Projects projects;
  private final Namespaces namespaces;
  private final Members members;

  UserAccess(JdbcClient jdbc, Projects projects, Namespaces namespaces, Members members) {
    this.jdbc = jdbc;
    this.projects = projects;
    this.namespaces = namespaces;
    this.members = members;
  }

  /** A project or group that is served, and what a user is in it, lowest role first. */
  public record Membership(long id, List<String> roles) {}

  /** Projects and groups that are served and that a user develops for. */
  public record Memberships(List<Membership> projects, List<Membership> groups) {
    public Memberships {
      projects = List.copyOf(projects);
      groups = List.copyOf(groups);
    }

    /** Whether there is none. */
    public boolean isEmpty() {
      return projects.isEmpty() && groups.isEmpty();
    }
  }

  /** The stored {@code access_as} and its surroundings; empty when the file has no user_access. */
  public Optional<JsonNode> configuration(Agent agent) {
    return jdbc.sql(
            """
            select config from agent_user_access_project_authorizations where agent_id = :agent
            union all
            select config from agent_user_access_group_authorizations where agent_id = :agent
            limit 1\
            """)
        .param("agent", agent.id())
        .query((row, number) -> row.getString("config"))
        .optional()
        .map(Json.MAPPER::readTree);
  }

  /** Where a user is a developer at least, whatever the ceiling. */
  public Memberships memberships(Agent agent, User user) {
    return memberships(agent, user, project -> true, group -> true);
  }

  /**
   * Where a user is a developer at least, among the projects and groups that stand under the
   * agent's root namespace still and that pass these judges.
   */
  public Memberships memberships(
      Agent agent, User user, Predicate<Project> ofProject, Predicate<Namespace> ofGroup) {
    long root = agent.project().namespace().rootId();
    var ofProjects = new ArrayList<Membership>();
    for (long id : targets(agent, "agent_user_access_project_authorizations", "project_id")) {
      projects
          .find(id)
          .filter(project -> project.namespace().rootId() == root)
          .filter(ofProject)
          .flatMap(project -> members.roleInProject(user.id(), project))
          .filter(role -> role.includes(Role.DEVELOPER))
          .ifPresent(role -> ofProjects.add(new Membership(id, role.andBelow())));
    }
    var ofGroups = new ArrayList<Membership>();
    for (long id : targets(agent, "agent_user_access_group_authorizations", "group_id")) {
      namespaces
          .find(id)
          .filter(group -> group.rootId() == root)
          .filter(ofGroup)
          .flatMap(group -> members.roleInNamespace(user.id(), group))
          .filter(role -> role.includes(Role.DEVELOPER))
          .ifPresent(role -> ofGroups.add(new Membership(id, role.andBelow())));
    }
    return new Memberships(ofProjects, ofGroups);
  }

  private List<Long> targets(Agent agent, String table, String column) {
    return jdbc.sql("select " + column + " from " + table + " where agent_id = :agent order by 1")
        .param("agent", agent.id())
        .query((row, number) -> row.getLong(1))
        .list();
  }
}
