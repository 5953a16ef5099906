package io.mooring.gitlab.webhook;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/** The table {@code webhook_deliveries}: outbox and log in one. Thread-safe. */
@Repository
public class Deliveries {
  /** Kept of each webhook; a receiver that is away for long loses what is older. */
  static final int KEPT = 1000;

  /** An attempt takes less, and after this another replica tries. */
  static final Duration LEASE = Duration.ofSeconds(60);

  /** Of the agent's project and of every group that it stands in. */
  private static final String WANTED =
      """
      from cluster_agents a join projects p on p.id = a.project_id
        join namespaces n on n.id = p.namespace_id
        join webhooks w on w.project_id = p.id or w.group_id = any(n.traversal_ids)
      where a.id = :agent and not w.disabled and case :topic when 'PRESENCE' then w.presence_events
        when 'CONFIGURATION' then w.configuration_events else w.sync_events end
      """;

  private final JdbcClient jdbc;
  private final InstantSource clock;
  private final Duration retention;

  Deliveries(JdbcClient jdbc, InstantSource clock, GitLabConfiguration configuration) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.retention = Duration.ofDays(configuration.webhooks().retentionDays());
  }

  /** A delivery that this process may attempt now. */
  record Claimed(
      long id,
      long webhookId,
      String webhookUuid,
      String url,
      String uuid,
      String event,
      String eventUuid,
      String body,
      int attempts) {}

  /** Whether anybody wants to hear this of an agent. */
  boolean isWanted(long agentId, Topic topic) {
    return jdbc.sql("select exists (select 1 " + WANTED + ")")
        .param("topic", topic.name())
        .param("agent", agentId)
        .query(Boolean.class)
        .single();
  }

  /** Adds an event of an agent for whoever wants it. */
  void add(long agentId, Topic topic, String body) {
    List<Long> webhooks =
        jdbc.sql(
                """
                insert into webhook_deliveries (webhook_id, event, event_uuid, body, created_at, next_attempt_at)
                select w.id, :event, :uuid, :body, :now, :now
                """
                    + WANTED
                    + " returning webhook_id")
            .param("event", topic.event())
            .param("topic", topic.name())
            .param("uuid", UUID.randomUUID())
            .param("body", body)
            .param("now", SqlTime.of(clock.instant()))
            .param("agent", agentId)
            .query((row, number) -> row.getLong("webhook_id"))
            .list();
    webhooks.forEach(this::forgetBeyondLimit);
  }

  /** Adds an event for one webhook alone, taken by the caller at once. */
  Claimed addTaken(Webhook webhook, Topic topic, String body) {
    Instant now = clock.instant();
    Claimed claimed =
        jdbc.sql(
                """
                with d as (insert into webhook_deliveries
                    (webhook_id, event, event_uuid, body, created_at, attempts, next_attempt_at)
                  values (:webhook, :event, :uuid, :body, :now, 1, :lease) returning *)
                select d.*, w.uuid as webhook_uuid, w.url from d join webhooks w on w.id = d.webhook_id\
                """)
            .param("webhook", webhook.id())
            .param("event", topic.event())
            .param("uuid", UUID.randomUUID())
            .param("body", body)
            .param("now", SqlTime.of(now))
            .param("lease", SqlTime.of(now.plus(LEASE)))
            .query(Deliveries::claimed)
            .single();
    forgetBeyondLimit(webhook.id());
    return claimed;
  }

  /** Takes deliveries that are due, of each webhook one, for the length of a lease. */
  List<Claimed> claim(int limit) {
    Instant now = clock.instant();
    return jdbc.sql(
            """
            update webhook_deliveries d set attempts = d.attempts + 1, next_attempt_at = :lease
            from webhooks w
            where w.id = d.webhook_id and d.id in (
              select id from webhook_deliveries where next_attempt_at <= :now and id in (
                select min(due.id) from webhook_deliveries due join webhooks h on h.id = due.webhook_id
                where due.next_attempt_at <= :now and not h.disabled
                  and (h.disabled_until is null or h.disabled_until <= :now)
                group by due.webhook_id)
              limit :limit for update skip locked)
            returning d.*, w.uuid as webhook_uuid, w.url\
            """)
        .param("lease", SqlTime.of(now.plus(LEASE)))
        .param("now", SqlTime.of(now))
        .param("limit", limit)
        .query(Deliveries::claimed)
        .list();
  }

  /** Notes what became of an attempt. {@code next} is empty when there is no further one. */
  void attempted(Claimed delivery, Outcome outcome, Optional<Instant> next) {
    jdbc.sql(
            """
            update webhook_deliveries set next_attempt_at = :next, attempted_at = :now,
              succeeded = :succeeded, status = :status, answer = :answer, problem = :problem,
              duration_ms = :duration where id = :id\
            """)
        .param("id", delivery.id())
        .param("next", next.map(SqlTime::of).orElse(null), java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
        .param("now", SqlTime.of(clock.instant()))
        .param("succeeded", outcome.succeeded())
        .param("status", outcome.status().orElse(null), java.sql.Types.INTEGER)
        .param("answer", outcome.answer())
        .param("problem", outcome.problem())
        .param("duration", outcome.duration().toMillis())
        .update();
  }

  /** Makes one due again that was given up or taken; its receiver knows it by its uuid. */
  void resend(long id) {
    jdbc.sql("update webhook_deliveries set attempts = 0, next_attempt_at = :now where id = :id")
        .param("id", id)
        .param("now", SqlTime.of(clock.instant()))
        .update();
  }

  /** Deliveries of a webhook, newest first. */
  public Page.Slice<Delivery> list(Webhook webhook, Page page) {
    return new Page.Slice<>(
        jdbc.sql(
                """
                select * from webhook_deliveries where webhook_id = :webhook
                order by id desc limit :limit offset :offset\
                """)
            .param("webhook", webhook.id())
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(Deliveries::delivery)
            .list(),
        jdbc.sql("select count(*) from webhook_deliveries where webhook_id = :webhook")
            .param("webhook", webhook.id())
            .query(Long.class)
            .single());
  }

  /** The one of a number, when it is of this webhook. */
  Optional<Delivery> find(Webhook webhook, long id) {
    return jdbc.sql("select * from webhook_deliveries where id = :id and webhook_id = :webhook")
        .param("id", id)
        .param("webhook", webhook.id())
        .query(Deliveries::delivery)
        .optional();
  }

  /** How many wait. */
  long waiting() {
    return jdbc.sql("select count(*) from webhook_deliveries where next_attempt_at is not null")
        .query(Long.class)
        .single();
  }

  private void forgetBeyondLimit(long webhookId) {
    jdbc.sql(
            """
            delete from webhook_deliveries where webhook_id = :webhook and id <= (
              select id from webhook_deliveries where webhook_id = :webhook
              order by id desc offset :kept limit 1)\
            """)
        .param("webhook", webhookId)
        .param("kept", KEPT)
        .update();
  }

  /** Forgets what is old. */
  @Scheduled(fixedDelay = 60, initialDelay = 5, timeUnit = TimeUnit.MINUTES)
  void forgetOld() {
    jdbc.sql("delete from webhook_deliveries where created_at < :limit")
        .param("limit", SqlTime.of(clock.instant().minus(retention)))
        .update();
  }

  private static Claimed claimed(ResultSet row, int number) throws SQLException {
    return new Claimed(
        row.getLong("id"),
        row.getLong("webhook_id"),
        row.getString("webhook_uuid"),
        row.getString("url"),
        row.getString("uuid"),
        row.getString("event"),
        row.getString("event_uuid"),
        row.getString("body"),
        row.getInt("attempts"));
  }

  private static Delivery delivery(ResultSet row, int number) throws SQLException {
    return new Delivery(
        row.getLong("id"),
        row.getString("uuid"),
        row.getString("event"),
        row.getString("body"),
        SqlTime.required(row, "created_at"),
        row.getInt("attempts"),
        SqlTime.optional(row, "next_attempt_at"),
        SqlTime.optional(row, "attempted_at"),
        row.getBoolean("succeeded"),
        Optional.ofNullable(row.getObject("status", Integer.class)),
        row.getString("answer"),
        row.getString("problem"),
        Optional.ofNullable(row.getObject("duration_ms", Long.class)));
  }
}
