package io.mooring.gitlab.ci;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.identity.TokenDigest;
import io.mooring.gitlab.identity.TokenGenerator;
import io.mooring.protocol.secret.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/** The tables of jobs. Thread-safe. */
@Repository
class Jobs {
  /** GitLab's prefix, by which scanners find a leaked token. */
  static final String PREFIX = "glcbt-";

  private static final Logger log = LoggerFactory.getLogger(Jobs.class);

  /** 32 characters of 5.9 bits: 189 bits. */
  private static final int RANDOM_CHARACTERS = 32;

  /** A longer text is no token of ours and not worth hashing. */
  private static final int MAX_LENGTH = 1024;

  /** A job that ended longer ago is of no use to anybody. */
  private static final Duration KEPT = Duration.ofDays(90);

  /** One sweep removes no more, so that it holds no lock for long. */
  private static final int MAX_REMOVED = 10_000;

  private static final String SELECT =
      """
      select j.*, p.project_id, p.ref, p.tag, e.name as e_name, e.slug as e_slug, e.tier as e_tier
      from ci_jobs j join ci_pipelines p on p.id = j.pipeline_id
        left join environments e on e.id = j.environment_id
      """;

  private final JdbcClient jdbc;
  private final TokenGenerator generator;
  private final InstantSource clock;

  Jobs(JdbcClient jdbc, TokenGenerator generator, InstantSource clock) {
    this.jdbc = jdbc;
    this.generator = generator;
    this.clock = clock;
  }

  /** What a job is made of. */
  record NewJob(
      long projectId,
      String name,
      String ref,
      boolean tag,
      long userId,
      Optional<Long> environmentId,
      Duration timeout) {}

  /** A new job and its token, which cannot be had a second time. */
  record Started(Job job, Secret token) {}

  /** Makes a running job in a pipeline of its own. Part of a transaction. */
  Started start(NewJob job) {
    Secret token = generator.token(PREFIX, RANDOM_CHARACTERS);
    Instant now = clock.instant();
    long id =
        jdbc.sql(
                """
                with p as (
                  insert into ci_pipelines (project_id, ref, tag, created_at)
                  values (:project, :ref, :tag, :now) returning id)
                insert into ci_jobs
                  (pipeline_id, user_id, environment_id, status, name, token_digest, created_at, expires_at)
                select id, :user, :environment, 'running', :name, :digest, :now, :expires from p returning id\
                """)
            .param("project", job.projectId())
            .param("ref", job.ref())
            .param("tag", job.tag())
            .param("user", job.userId())
            .param("environment", job.environmentId().orElse(null), Types.BIGINT)
            .param("name", job.name())
            .param("digest", TokenDigest.of(token.text()))
            .param("now", SqlTime.of(now))
            .param("expires", SqlTime.of(now.plus(job.timeout())))
            .query(Long.class)
            .single();
    return new Started(find(job.projectId(), id).orElseThrow(), token);
  }

  /** The job of a token, while it runs. */
  Optional<Job> running(String token) {
    if (token.isEmpty() || token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return jdbc.sql(
            SELECT
                + "where j.token_digest = :digest and j.status = 'running' and j.expires_at > :now")
        .param("digest", TokenDigest.of(token))
        .param("now", SqlTime.of(clock.instant()))
        .query(Jobs::job)
        .optional();
  }

  /** The job of this id in a project. */
  Optional<Job> find(long projectId, long id) {
    return jdbc.sql(SELECT + "where j.id = :id and p.project_id = :project")
        .param("id", id)
        .param("project", projectId)
        .query(Jobs::job)
        .optional();
  }

  /** Jobs of a project, newest first; all of them when no status is given. */
  Page.Slice<Job> list(long projectId, Set<Job.Status> statuses, Page page) {
    String where =
        "where p.project_id = :project and (:statuses = '' or j.status = any(string_to_array(:statuses, ',')))";
    String wanted = statuses.stream().map(Job.Status::text).collect(Collectors.joining(","));
    return new Page.Slice<>(
        jdbc.sql(SELECT + where + " order by j.id desc limit :limit offset :offset")
            .param("project", projectId)
            .param("statuses", wanted)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(Jobs::job)
            .list(),
        jdbc.sql(
                "select count(*) from ci_jobs j join ci_pipelines p on p.id = j.pipeline_id "
                    + where)
            .param("project", projectId)
            .param("statuses", wanted)
            .query(Long.class)
            .single());
  }

  /** Ends a job, whose token is dead from now on; false when it had ended. */
  boolean end(long id, Job.Status status, Optional<String> failureReason) {
    return jdbc.sql(
                """
                update ci_jobs set status = :status, failure_reason = :reason, finished_at = :now
                where id = :id and status = 'running'\
                """)
            .param("status", status.text())
            .param("reason", failureReason.orElse(null), Types.VARCHAR)
            .param("now", SqlTime.of(clock.instant()))
            .param("id", id)
            .update()
        > 0;
  }

  /** Writes down that jobs ran out of time; their tokens died at that moment, not now. */
  @Scheduled(fixedDelay = 30, initialDelay = 30, timeUnit = TimeUnit.SECONDS)
  void sweep() {
    Instant now = clock.instant();
    int ended =
        jdbc.sql(
                """
                update ci_jobs set status = 'failed', failure_reason = 'job_execution_timeout', finished_at = expires_at
                where status = 'running' and expires_at <= :now\
                """)
            .param("now", SqlTime.of(now))
            .update();
    int removed =
        jdbc.sql(
                """
                delete from ci_pipelines where id in (
                  select pipeline_id from ci_jobs where finished_at < :limit limit :count)\
                """)
            .param("limit", SqlTime.of(now.minus(KEPT)))
            .param("count", MAX_REMOVED)
            .update();
    if (ended + removed > 0) {
      log.atInfo().addKeyValue("ended", ended).addKeyValue("removed", removed).log("Jobs swept");
    }
  }

  private static Job job(ResultSet row, int number) throws SQLException {
    Optional<Environment> environment =
        row.getString("e_slug") == null
            ? Optional.empty()
            : Optional.of(
                new Environment(
                    row.getLong("environment_id"),
                    row.getString("e_name"),
                    row.getString("e_slug"),
                    Environment.Tier.named(row.getString("e_tier"))));
    return new Job(
        row.getLong("id"),
        row.getLong("pipeline_id"),
        row.getLong("project_id"),
        row.getString("name"),
        row.getString("ref"),
        row.getBoolean("tag"),
        Optional.ofNullable(row.getObject("user_id", Long.class)),
        environment,
        Job.Status.named(row.getString("status")).orElseThrow(),
        Optional.ofNullable(row.getString("failure_reason")),
        SqlTime.required(row, "created_at"),
        SqlTime.required(row, "expires_at"),
        SqlTime.optional(row, "finished_at"));
  }
}
