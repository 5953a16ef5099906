package io.mooring.gitlab.push;

import io.mooring.gitlab.database.SqlTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code push_notices}: changed projects that kas has still to hear of. However many
 * pushes wait, a project has one row. Thread-safe.
 */
@Repository
class PushNotices {
  /** After this a claimed notice counts as lost with its process and is sent by another. */
  private static final Duration LEASE = Duration.ofSeconds(30);

  private static final int BATCH = 50;

  private final JdbcClient jdbc;
  private final InstantSource clock;

  PushNotices(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** A notice that this process may send now. */
  record Claimed(long projectId, String fullPath, long generation, int attempts) {}

  /** Notes that a project changed. Part of the transaction that knows of it. */
  void add(long projectId) {
    jdbc.sql(
            """
            insert into push_notices as n (project_id, next_attempt_at) values (:project, :now)
            on conflict (project_id) do update set generation = n.generation + 1, attempts = 0,
              next_attempt_at = least(n.next_attempt_at, excluded.next_attempt_at)\
            """)
        .param("project", projectId)
        .param("now", SqlTime.of(clock.instant()))
        .update();
  }

  /** Takes notices that are due, for the length of a lease. */
  List<Claimed> claim() {
    Instant now = clock.instant();
    return jdbc.sql(
            """
            update push_notices n set attempts = n.attempts + 1, next_attempt_at = :lease
            from routes r
            where r.project_id = n.project_id and n.project_id in (
              select project_id from push_notices where next_attempt_at <= :now
              order by next_attempt_at limit :batch for update skip locked)
            returning n.project_id, r.path, n.generation, n.attempts\
            """)
        .param("lease", SqlTime.of(now.plus(LEASE)))
        .param("now", SqlTime.of(now))
        .param("batch", BATCH)
        .query((row, number) ->
            new Claimed(
                row.getLong("project_id"),
                row.getString("path"),
                row.getLong("generation"),
                row.getInt("attempts")))
        .list();
  }

  /** Ends a notice that kas took; a push that came meanwhile makes it due at once. */
  void sent(Claimed notice) {
    int removed =
        jdbc.sql(
                "delete from push_notices where project_id = :project and generation = :generation")
            .param("project", notice.projectId())
            .param("generation", notice.generation())
            .update();
    if (removed == 0) {
      retry(notice, Duration.ZERO);
    }
  }

  /** Makes a notice due again after a while. */
  void retry(Claimed notice, Duration delay) {
    jdbc.sql("update push_notices set next_attempt_at = :next where project_id = :project")
        .param("next", SqlTime.of(clock.instant().plus(delay)))
        .param("project", notice.projectId())
        .update();
  }

  /** How many projects wait. */
  long waiting() {
    return jdbc.sql("select count(*) from push_notices").query(Long.class).single();
  }
}
