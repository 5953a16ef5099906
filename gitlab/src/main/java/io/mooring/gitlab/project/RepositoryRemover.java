package io.mooring.gitlab.project;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.gitaly.Repositories;
import io.mooring.gitlab.gitaly.RepositoryCoordinates;
import io.mooring.gitlab.outbox.Courier;
import io.mooring.gitlab.outbox.RetryDelay;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Removes the repositories of deleted projects, again and again until the Git server has done it.
 */
@Component
class RepositoryRemover extends Courier {
  private static final Logger log = LoggerFactory.getLogger(RepositoryRemover.class);
  private static final Duration LEASE = Duration.ofMinutes(2);
  private static final int BATCH = 20;

  private final JdbcClient jdbc;
  private final Repositories repositories;
  private final RandomGenerator random;
  private final InstantSource clock;

  RepositoryRemover(
      JdbcClient jdbc, Repositories repositories, RandomGenerator random, InstantSource clock) {
    super("repository-remover");
    this.jdbc = jdbc;
    this.repositories = repositories;
    this.random = random;
    this.clock = clock;
  }

  private record Removal(long id, RepositoryCoordinates repository, int attempts) {}

  @EventListener
  void onLeft(ProjectLifecycle.RepositoriesLeft event) {
    wake();
  }

  @Override
  protected boolean round() {
    List<Removal> removals = claim();
    removals.forEach(this::remove);
    return removals.size() == BATCH;
  }

  private List<Removal> claim() {
    Instant now = clock.instant();
    return jdbc.sql(
            """
            update repository_removals set attempts = attempts + 1, next_attempt_at = :lease
            where id in (select id from repository_removals where next_attempt_at <= :now
              order by next_attempt_at limit :batch for update skip locked)
            returning *\
            """)
        .param("lease", SqlTime.of(now.plus(LEASE)))
        .param("now", SqlTime.of(now))
        .param("batch", BATCH)
        .query((row, number) ->
            new Removal(
                row.getLong("id"),
                new RepositoryCoordinates(
                    row.getString("storage_name"),
                    row.getString("relative_path"),
                    row.getString("gl_repository"),
                    row.getString("gl_project_path")),
                row.getInt("attempts")))
        .list();
  }

  private void remove(Removal removal) {
    try {
      repositories.remove(removal.repository());
    } catch (StatusRuntimeException e) {
      log.atWarn()
          .addKeyValue("project_id", removal.repository().glProjectPath())
          .setCause(e)
          .log("Repository not removed");
      jdbc.sql("update repository_removals set next_attempt_at = :next where id = :id")
          .param(
              "next",
              SqlTime.of(clock.instant().plus(RetryDelay.after(removal.attempts(), random))))
          .param("id", removal.id())
          .update();
      return;
    }
    jdbc.sql("delete from repository_removals where id = :id").param("id", removal.id()).update();
  }
}
