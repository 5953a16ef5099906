package io.mooring.gitlab.agent;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code cluster_agents}. Thread-safe. */
@Repository
public class Agents {
  private final JdbcClient jdbc;
  private final Projects projects;
  private final AgentFeed feed;
  private final InstantSource clock;

  Agents(JdbcClient jdbc, Projects projects, AgentFeed feed, InstantSource clock) {
    this.jdbc = jdbc;
    this.projects = projects;
    this.feed = feed;
    this.clock = clock;
  }

  private record Row(
      long id,
      long projectId,
      String name,
      Optional<Long> createdBy,
      Instant createdAt,
      Instant updatedAt) {}

  /**
   * Registers an agent.
   *
   * @throws org.springframework.dao.DuplicateKeyException when the project has one of this name
   */
  public Agent create(Project project, String name, long userId) {
    Agent agent =
        agent(
            jdbc.sql(
                    """
                    insert into cluster_agents (project_id, name, created_by_user_id, created_at, updated_at)
                    values (:project, :name, :user, :now, :now) returning *\
                    """)
                .param("project", project.id())
                .param("name", name)
                .param("user", userId)
                .param("now", SqlTime.of(clock.instant()))
                .query(Agents::row)
                .single(),
            project);
    feed.tell(agent, "agent_created", AgentFeed.data().put("name", name));
    return agent;
  }

  /** The agent of this id. */
  public Optional<Agent> find(long id) {
    return jdbc.sql("select * from cluster_agents where id = :id")
        .param("id", id)
        .query(Agents::row)
        .optional()
        .flatMap(row -> projects.find(row.projectId()).map(project -> agent(row, project)));
  }

  /** Those of some ids that exist, by id; the database is asked once, and once a project. */
  Map<Long, Agent> of(Collection<Long> ids) {
    Map<Long, Agent> found = new HashMap<>();
    if (ids.isEmpty()) {
      return found;
    }
    Map<Long, Optional<Project>> known = new HashMap<>();
    jdbc.sql("select * from cluster_agents where id in (:ids)")
        .param("ids", ids)
        .query(Agents::row)
        .list()
        .forEach(row ->
            known
                .computeIfAbsent(row.projectId(), projects::find)
                .ifPresent(project -> found.put(row.id(), agent(row, project))));
    return found;
  }

  /** The agent of this id in a project. */
  public Optional<Agent> find(Project project, long id) {
    return jdbc.sql("select * from cluster_agents where id = :id and project_id = :project")
        .param("id", id)
        .param("project", project.id())
        .query(Agents::row)
        .optional()
        .map(row -> agent(row, project));
  }

  /** The agent of this name in a project. */
  public Optional<Agent> named(Project project, String name) {
    return jdbc.sql("select * from cluster_agents where name = :name and project_id = :project")
        .param("name", name)
        .param("project", project.id())
        .query(Agents::row)
        .optional()
        .map(row -> agent(row, project));
  }

  /** Agents of a project by id. */
  public Page.Slice<Agent> list(Project project, Page page) {
    return new Page.Slice<>(
        jdbc
            .sql(
                """
                select * from cluster_agents where project_id = :project order by id
                limit :limit offset :offset\
                """)
            .param("project", project.id())
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(Agents::row)
            .list()
            .stream()
            .map(row -> agent(row, project))
            .toList(),
        jdbc.sql("select count(*) from cluster_agents where project_id = :project")
            .param("project", project.id())
            .query(Long.class)
            .single());
  }

  /** All agents of a project by id. */
  public List<Agent> of(Project project) {
    return jdbc
        .sql("select * from cluster_agents where project_id = :project order by id")
        .param("project", project.id())
        .query(Agents::row)
        .list()
        .stream()
        .map(row -> agent(row, project))
        .toList();
  }

  /** Removes an agent with everything that belongs to it. */
  void delete(Agent agent) {
    jdbc.sql("delete from cluster_agents where id = :id").param("id", agent.id()).update();
    feed.tell(agent, "agent_deleted", AgentFeed.data().put("name", agent.name()));
  }

  private static Agent agent(Row row, Project project) {
    return new Agent(
        row.id(), project, row.name(), row.createdBy(), row.createdAt(), row.updatedAt());
  }

  private static Row row(ResultSet row, int number) throws SQLException {
    return new Row(
        row.getLong("id"),
        row.getLong("project_id"),
        row.getString("name"),
        Optional.ofNullable(row.getObject("created_by_user_id", Long.class)),
        SqlTime.required(row, "created_at"),
        SqlTime.required(row, "updated_at"));
  }
}
