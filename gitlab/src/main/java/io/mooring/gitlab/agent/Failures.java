package io.mooring.gitlab.agent;

import io.mooring.gitlab.database.SqlTime;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code agent_failures}: what of an agent fails now, so that a failure that repeats is
 * told once for each commit, and its end once. Thread-safe.
 */
@Repository
class Failures {
  /** Stands for the configuration, where the path of a manifest project stands else. */
  static final String CONFIGURATION = "";

  /** Behind a path, which never ends like this: the newest commit is refused. */
  private static final String SOURCE = " (source)";

  private final JdbcClient jdbc;

  Failures(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** What stands for the source of a manifest project, beside its synchronization. */
  static String ofSource(String projectPath) {
    return projectPath + SOURCE;
  }

  /** Notes a failure; true when it did not fail at this commit before. */
  boolean began(long agentId, String projectPath, String commitId, Instant at) {
    return jdbc.sql(
                """
                insert into agent_failures as f (agent_id, project_path, commit_id, since)
                values (:agent, :project, :commit, :at)
                on conflict (agent_id, project_path) do update set commit_id = excluded.commit_id
                where f.commit_id <> excluded.commit_id\
                """)
            .param("agent", agentId)
            .param("project", projectPath)
            .param("commit", commitId)
            .param("at", SqlTime.of(at))
            .update()
        > 0;
  }

  /** Notes a success; true when it failed before. */
  boolean ended(long agentId, String projectPath) {
    return jdbc.sql(
                "delete from agent_failures where agent_id = :agent and project_path = :project")
            .param("agent", agentId)
            .param("project", projectPath)
            .update()
        > 0;
  }
}
