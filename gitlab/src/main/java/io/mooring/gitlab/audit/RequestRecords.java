package io.mooring.gitlab.audit;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.http.Keyset;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.node.ArrayNode;

/**
 * The table {@code kubernetes_audit_records}: what was done in clusters through kas. Thread-safe.
 */
@Repository
public class RequestRecords {
  private static final Logger log = LoggerFactory.getLogger(RequestRecords.class);

  /** One statement of the purge removes no more, so that it is over within a second. */
  private static final int PURGED_AT_ONCE = 10_000;

  /** One purge goes no further; the next one is an hour later. */
  private static final int MOST_PURGES = 1_000;

  private static final String COLUMNS =
      """
      request_id, time, duration_ms, agent_id, config_project_id, credential, user_id, username, job_id,
      ci_project_id, identity, method, path, verb, api_group, api_version, resource, subresource, namespace,
      name, status, bytes_in, bytes_out, upgraded, refusal, client_address, user_agent\
      """;

  /** A batch is one parameter, so that its size changes neither the statement nor its plan. */
  private static final String INSERT =
      "insert into kubernetes_audit_records (%s) select %s from jsonb_to_recordset(cast(:records as jsonb)) as r("
              .formatted(COLUMNS, COLUMNS)
          + """
          request_id text, time timestamptz, duration_ms bigint, agent_id bigint, config_project_id bigint,
          credential text, user_id bigint, username text, job_id bigint, ci_project_id bigint, identity text,
          method text, path text, verb text, api_group text, api_version text, resource text, subresource text,
          namespace text, name text, status integer, bytes_in bigint, bytes_out bigint, upgraded boolean,
          refusal text, client_address text, user_agent text) on conflict (request_id) do nothing\
          """;

  private final JdbcClient jdbc;
  private final Duration retention;
  private final InstantSource clock;

  RequestRecords(JdbcClient jdbc, GitLabConfiguration configuration, InstantSource clock) {
    this.jdbc = jdbc;
    this.retention = Duration.ofDays(configuration.audit().retentionDays());
    this.clock = clock;
  }

  /**
   * Which requests are asked for; what is empty does not count.
   *
   * @param agentId the agent
   * @param projectId the agent's configuration project
   * @param username who did it
   * @param credential {@code ci_job}, {@code personal_access_token} or {@code session_cookie}
   * @param verb of Kubernetes
   * @param resource in the plural, as Kubernetes names it
   * @param namespace of the cluster
   * @param status of the answer
   * @param after not before this time
   * @param before not after this time
   */
  public record Filter(
      Optional<Long> agentId,
      Optional<Long> projectId,
      Optional<String> username,
      Optional<String> credential,
      Optional<String> verb,
      Optional<String> resource,
      Optional<String> namespace,
      Optional<Long> status,
      Optional<Instant> after,
      Optional<Instant> before) {

    /** Everything that went to one agent. */
    public static Filter ofAgent(long agentId) {
      return new Filter(
          Optional.of(agentId),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /**
   * Adds records in the form in which kas sends them; those that are known are left as they are.
   */
  public int add(ArrayNode records) {
    return jdbc.sql(INSERT).param("records", Json.MAPPER.writeValueAsString(records)).update();
  }

  /** Records, newest first, from where an earlier page ended. */
  public List<RequestRecord> list(Filter filter, Optional<Keyset.Position> from, int count) {
    Map<String, Object> parameters = new HashMap<>();
    var where = new StringBuilder();
    add(where, parameters, "agent_id = :agent", "agent", filter.agentId());
    add(where, parameters, "config_project_id = :project", "project", filter.projectId());
    add(where, parameters, "username = :username", "username", filter.username());
    add(where, parameters, "credential = :credential", "credential", filter.credential());
    add(where, parameters, "verb = :verb", "verb", filter.verb());
    add(where, parameters, "resource = :resource", "resource", filter.resource());
    add(where, parameters, "namespace = :namespace", "namespace", filter.namespace());
    add(where, parameters, "status = :status", "status", filter.status());
    add(where, parameters, "time >= :after", "after", filter.after().map(SqlTime::of));
    add(where, parameters, "time <= :before", "before", filter.before().map(SqlTime::of));
    from.ifPresent(position -> parameters.put("fromId", position.id()));
    add(
        where,
        parameters,
        "(time, id) < (:fromTime, :fromId)",
        "fromTime",
        from.map(position -> SqlTime.of(position.time())));
    return jdbc.sql(
            "select * from kubernetes_audit_records"
                + where
                + " order by time desc, id desc limit :count")
        .params(parameters)
        .param("count", count)
        .query(RequestRecords::record)
        .list();
  }

  /** Conditions are only there when they have a value, so that each finds its index. */
  private static void add(
      StringBuilder where,
      Map<String, Object> parameters,
      String condition,
      String name,
      Optional<?> value) {
    if (value.isPresent()) {
      where.append(where.isEmpty() ? " where " : " and ").append(condition);
      parameters.put(name, value.get());
    }
  }

  /** Removes what is older than the operator keeps; runs by itself every hour. */
  @Scheduled(fixedDelay = 60, initialDelay = 5, timeUnit = TimeUnit.MINUTES)
  public void purge() {
    Instant limit = clock.instant().minus(retention);
    long removed = 0;
    int last = PURGED_AT_ONCE;
    for (int i = 0; i < MOST_PURGES && last == PURGED_AT_ONCE; i++) {
      last =
          jdbc.sql(
                  """
                  delete from kubernetes_audit_records where id in (
                    select id from kubernetes_audit_records where time < :limit order by time limit :count)\
                  """)
              .param("limit", SqlTime.of(limit))
              .param("count", PURGED_AT_ONCE)
              .update();
      removed += last;
    }
    if (removed > 0) {
      log.atInfo().addKeyValue("removed", removed).log("Old audit records removed");
    }
  }

  private static RequestRecord record(ResultSet row, int number) throws SQLException {
    return new RequestRecord(
        row.getLong("id"),
        row.getString("request_id"),
        SqlTime.required(row, "time"),
        row.getObject("duration_ms", Long.class),
        row.getLong("agent_id"),
        row.getObject("config_project_id", Long.class),
        row.getString("credential"),
        row.getObject("user_id", Long.class),
        row.getString("username"),
        row.getObject("job_id", Long.class),
        row.getObject("ci_project_id", Long.class),
        row.getString("identity"),
        row.getString("method"),
        row.getString("path"),
        row.getString("verb"),
        row.getString("api_group"),
        row.getString("api_version"),
        row.getString("resource"),
        row.getString("subresource"),
        row.getString("namespace"),
        row.getString("name"),
        row.getObject("status", Integer.class),
        row.getObject("bytes_in", Long.class),
        row.getObject("bytes_out", Long.class),
        row.getObject("upgraded", Boolean.class),
        row.getString("refusal"),
        row.getString("client_address"),
        row.getString("user_agent"));
  }
}
