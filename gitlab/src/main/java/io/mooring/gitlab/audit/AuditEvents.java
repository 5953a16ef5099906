package io.mooring.gitlab.audit;

import io.mooring.gitlab.audit.AuditEvent.Author;
import io.mooring.gitlab.audit.AuditEvent.Entity;
import io.mooring.gitlab.audit.AuditEvent.Kind;
import io.mooring.gitlab.audit.AuditEvent.Target;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.ClientAddress;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.http.RequestIdFilter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import tools.jackson.databind.JsonNode;

/**
 * The table {@code audit_events}, to which rows are only ever added. Thread-safe; a row belongs to
 * the transaction of the act it tells of.
 */
@Repository
public class AuditEvents {
  private static final Logger log = LoggerFactory.getLogger(AuditEvents.class);

  /** Longer names are cut, so that no input can fill the table. */
  private static final int MAX_TEXT = 1024;

  private final JdbcClient jdbc;
  private final ClientAddress addresses;
  private final InstantSource clock;

  AuditEvents(JdbcClient jdbc, ClientAddress addresses, InstantSource clock) {
    this.jdbc = jdbc;
    this.addresses = addresses;
    this.clock = clock;
  }

  /**
   * An act as it was written down.
   *
   * @param id number in the database; later acts have greater ones
   * @param at when it happened
   * @param event what happened
   * @param details its further facts
   * @param address where the request came from
   * @param requestId the request that did it
   */
  public record Recorded(
      long id,
      Instant at,
      AuditEvent event,
      JsonNode details,
      Optional<String> address,
      Optional<String> requestId) {}

  /**
   * Which acts are asked for; what is empty does not count.
   *
   * @param kind of the entity
   * @param entityId number of the entity
   * @param authorId who did it
   * @param name what happened
   * @param after not before this time
   * @param before not after this time
   */
  public record Filter(
      Optional<Kind> kind,
      Optional<Long> entityId,
      Optional<Long> authorId,
      Optional<String> name,
      Optional<Instant> after,
      Optional<Instant> before) {
    /** Everything. */
    public static final Filter ALL =
        new Filter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Acts of one part of the instance. */
    public static Filter of(Kind kind, long id) {
      return new Filter(
          Optional.of(kind),
          Optional.of(id),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /**
   * Writes an act down, with the address and the id of the request that runs on this thread, and
   * logs it.
   */
  public void record(AuditEvent event) {
    Optional<String> requestId = RequestIdFilter.current();
    jdbc.sql(
            """
            insert into audit_events (created_at, name, author_id, author_name, entity_type, entity_id, entity_path,
              target_type, target_id, target_details, details, ip_address, request_id)
            values (:now, :name, :author, :authorName, :kind, :entity, :path, :type, :target, :text,
              cast(:details as jsonb), :address, :request)\
            """)
        .param("now", SqlTime.of(clock.instant()))
        .param("name", event.name())
        .param("author", event.author().id())
        .param("authorName", event.author().username())
        .param("kind", event.entity().kind().text())
        .param("entity", event.entity().id())
        .param("path", cut(event.entity().path()))
        .param("type", event.target().type())
        .param("target", event.target().id())
        .param("text", cut(event.target().text()))
        .param("details", Json.MAPPER.writeValueAsString(event.details()))
        .param("address", address().orElse(null), Types.VARCHAR)
        .param("request", requestId.orElse(null), Types.VARCHAR)
        .update();
    log.atInfo()
        .addKeyValue("event", event.name())
        .addKeyValue("user_id", event.author().id())
        .addKeyValue("entity", event.entity().kind().text() + "/" + event.entity().id())
        .addKeyValue("target_id", event.target().id())
        .log("Audit event");
  }

  /** Acts, newest first. */
  public Page.Slice<Recorded> list(Filter filter, Page page) {
    Map<String, Object> parameters = new HashMap<>();
    String where = where(filter, parameters);
    return new Page.Slice<>(
        jdbc.sql(
                "select * from audit_events"
                    + where
                    + " order by id desc limit :limit offset :offset")
            .params(parameters)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(AuditEvents::recorded)
            .list(),
        jdbc.sql("select count(*) from audit_events" + where)
            .params(parameters)
            .query(Long.class)
            .single());
  }

  private static String where(Filter filter, Map<String, Object> parameters) {
    var where = new StringBuilder();
    var narrowing = new Narrowing(where, parameters);
    narrowing.add("entity_type = :kind", "kind", filter.kind().map(Kind::text));
    narrowing.add("entity_id = :entity", "entity", filter.entityId());
    narrowing.add("author_id = :author", "author", filter.authorId());
    narrowing.add("name = :name", "name", filter.name());
    narrowing.add("created_at >= :after", "after", filter.after().map(SqlTime::of));
    narrowing.add("created_at <= :before", "before", filter.before().map(SqlTime::of));
    return where.toString();
  }

  /** Conditions that are only there when they have a value, so that each has its index. */
  private record Narrowing(StringBuilder where, Map<String, Object> parameters) {
    void add(String condition, String name, Optional<?> value) {
      if (value.isPresent()) {
        where.append(where.isEmpty() ? " where " : " and ").append(condition);
        parameters.put(name, value.get());
      }
    }
  }

  private Optional<String> address() {
    return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request
        ? Optional.of(addresses.of(request.getRequest()))
        : Optional.empty();
  }

  private static String cut(String text) {
    String clean = text.replace("\0", "");
    return clean.length() <= MAX_TEXT ? clean : clean.substring(0, MAX_TEXT);
  }

  private static Recorded recorded(ResultSet row, int number) throws SQLException {
    return new Recorded(
        row.getLong("id"),
        SqlTime.required(row, "created_at"),
        new AuditEvent(
            row.getString("name"),
            new Author(row.getLong("author_id"), row.getString("author_name")),
            new Entity(
                Kind.valueOf(row.getString("entity_type").toUpperCase(Locale.ROOT)),
                row.getLong("entity_id"),
                row.getString("entity_path")),
            new Target(
                row.getString("target_type"),
                row.getLong("target_id"),
                row.getString("target_details"))),
        Json.MAPPER.readTree(row.getString("details")),
        Optional.ofNullable(row.getString("ip_address")),
        Optional.ofNullable(row.getString("request_id")));
  }
}
