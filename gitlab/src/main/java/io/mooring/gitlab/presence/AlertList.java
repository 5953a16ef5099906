package io.mooring.gitlab.presence;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads alerts. Thread-safe. */
@Repository
class AlertList {
  private static final String WHERE =
      """
      from agent_alerts l join cluster_agents a on a.id = l.agent_id
      where a.project_id = :project and (:agent::bigint is null or a.id = :agent)
        and (:open::boolean is null or (l.resolved_at is null) = :open)
      """;

  private final JdbcClient jdbc;

  AlertList(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Alerts of a project, newest first: of one agent, or only open or resolved ones. */
  Page.Slice<Alert> of(long projectId, Optional<Long> agentId, Optional<Boolean> open, Page page) {
    return new Page.Slice<>(
        jdbc.sql(
                "select l.*, a.name as agent_name "
                    + WHERE
                    + " order by l.raised_at desc, l.id desc limit :limit offset :offset")
            .param("project", projectId)
            .param("agent", agentId.orElse(null), Types.BIGINT)
            .param("open", open.orElse(null), Types.BOOLEAN)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(AlertList::alert)
            .list(),
        jdbc.sql("select count(*) " + WHERE)
            .param("project", projectId)
            .param("agent", agentId.orElse(null), Types.BIGINT)
            .param("open", open.orElse(null), Types.BOOLEAN)
            .query(Long.class)
            .single());
  }

  private static Alert alert(ResultSet row, int number) throws SQLException {
    return new Alert(
        row.getLong("id"),
        row.getLong("agent_id"),
        row.getString("agent_name"),
        Alert.KIND,
        row.getString("reason"),
        SqlTime.required(row, "seen_at"),
        SqlTime.required(row, "raised_at"),
        SqlTime.optional(row, "resolved_at").orElse(null));
  }
}
