package io.mooring.gitlab.ci;

import io.mooring.gitlab.identity.TokenDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The tables of jobs. Thread-safe. */
@Repository
class Jobs {
  /** A longer text is no token of ours and not worth hashing. */
  private static final int MAX_LENGTH = 1024;

  private final JdbcClient jdbc;

  Jobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The job of a token, while it runs. */
  Optional<Job> running(String token) {
    if (token.isEmpty() || token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return jdbc.sql(
            """
            select j.id, j.pipeline_id, j.user_id, p.project_id, p.ref, e.name, e.slug, e.tier
            from ci_jobs j join ci_pipelines p on p.id = j.pipeline_id
              left join environments e on e.id = j.environment_id
            where j.token_digest = :digest and j.status = 'running'\
            """)
        .param("digest", TokenDigest.of(token))
        .query(Jobs::job)
        .optional();
  }

  private static Job job(ResultSet row, int number) throws SQLException {
    Optional<Job.Environment> environment =
        row.getString("slug") == null
            ? Optional.empty()
            : Optional.of(
                new Job.Environment(
                    row.getString("name"), row.getString("slug"), row.getString("tier")));
    return new Job(
        row.getLong("id"),
        row.getLong("pipeline_id"),
        row.getLong("project_id"),
        row.getString("ref"),
        Optional.ofNullable(row.getObject("user_id", Long.class)),
        environment);
  }
}
