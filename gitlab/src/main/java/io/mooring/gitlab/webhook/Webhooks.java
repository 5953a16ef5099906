package io.mooring.gitlab.webhook;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.webhook.Webhook.Owner;
import io.mooring.protocol.secret.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code webhooks}. Thread-safe. */
@Repository
public class Webhooks {
  private static final String OF =
      "from webhooks where (project_id = :project or group_id = :group)";

  private final JdbcClient jdbc;
  private final SecretBox box;
  private final InstantSource clock;

  Webhooks(JdbcClient jdbc, SecretBox box, InstantSource clock) {
    this.jdbc = jdbc;
    this.box = box;
    this.clock = clock;
  }

  /** What people set. */
  record Settings(String url, String name, String description, Set<Topic> events) {}

  /** The two secrets of a webhook, of which the first is optional. */
  record Secrets(Optional<Secret> token, Secret signing) {}

  Webhook create(Owner owner, Settings settings, Secrets secrets) {
    return jdbc.sql(
            """
            insert into webhooks (project_id, group_id, url, name, description, token, signing_secret,
              presence_events, configuration_events, sync_events, created_at)
            values (:project, :group, :url, :name, :description, :token, :signing,
              :presence, :configuration, :sync, :now) returning *\
            """)
        .params(owner(owner))
        .params(settings(settings))
        .param("token", secrets.token().map(box::seal).orElse(null), Types.BINARY)
        .param("signing", box.seal(secrets.signing()))
        .param("now", SqlTime.of(clock.instant()))
        .query(Webhooks::webhook)
        .single();
  }

  Webhook update(Webhook webhook, Settings settings) {
    return jdbc.sql(
            """
            update webhooks set url = :url, name = :name, description = :description,
              presence_events = :presence, configuration_events = :configuration, sync_events = :sync
            where id = :id returning *\
            """)
        .param("id", webhook.id())
        .params(settings(settings))
        .query(Webhooks::webhook)
        .single();
  }

  /** Sets what receivers compare, or nothing. */
  void setToken(Webhook webhook, Optional<Secret> token) {
    jdbc.sql("update webhooks set token = :token where id = :id")
        .param("id", webhook.id())
        .param("token", token.map(box::seal).orElse(null), Types.BINARY)
        .update();
  }

  /** Sets what signs. */
  void setSigningSecret(Webhook webhook, Secret secret) {
    jdbc.sql("update webhooks set signing_secret = :secret where id = :id")
        .param("id", webhook.id())
        .param("secret", box.seal(secret))
        .update();
  }

  void delete(Webhook webhook) {
    jdbc.sql("delete from webhooks where id = :id").param("id", webhook.id()).update();
  }

  /** Webhooks of a project or group, by id. */
  public Page.Slice<Webhook> list(Owner owner, Page page) {
    return new Page.Slice<>(
        jdbc.sql("select * " + OF + " order by id limit :limit offset :offset")
            .params(owner(owner))
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(Webhooks::webhook)
            .list(),
        count(owner));
  }

  /** How many a project or group has. */
  long count(Owner owner) {
    return jdbc.sql("select count(*) " + OF).params(owner(owner)).query(Long.class).single();
  }

  /** The one of a number, when it is this owner's. */
  public Optional<Webhook> find(Owner owner, long id) {
    return jdbc.sql("select * " + OF + " and id = :id")
        .params(owner(owner))
        .param("id", id)
        .query(Webhooks::webhook)
        .optional();
  }

  /** The secrets of a webhook. */
  Secrets secrets(long id) throws UnreadableSecretException {
    Optional<Secret> token = Optional.empty();
    Optional<Secret> sealed = sealed(id, "token");
    if (sealed.isPresent()) {
      token = Optional.of(box.open(sealed.get().bytes()));
    }
    return new Secrets(token, box.open(sealed(id, "signing_secret").orElseThrow().bytes()));
  }

  private Optional<Secret> sealed(long id, String column) {
    return jdbc.sql("select token, signing_secret from webhooks where id = :id")
        .param("id", id)
        .query((row, number) -> Optional.ofNullable(row.getBytes(column)).map(Secret::of))
        .single();
  }

  private static Map<String, Object> owner(Owner owner) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put(
        "project",
        new SqlParameterValue(
            Types.BIGINT, owner instanceof Owner.Project(long id) ? Long.valueOf(id) : null));
    parameters.put(
        "group",
        new SqlParameterValue(
            Types.BIGINT, owner instanceof Owner.Group(long id) ? Long.valueOf(id) : null));
    return parameters;
  }

  private static Map<String, Object> settings(Settings settings) {
    return Map.of(
        "url", settings.url(),
        "name", settings.name(),
        "description", settings.description(),
        "presence", settings.events().contains(Topic.PRESENCE),
        "configuration", settings.events().contains(Topic.CONFIGURATION),
        "sync", settings.events().contains(Topic.SYNC));
  }

  static Webhook webhook(ResultSet row, int number) throws SQLException {
    Set<Topic> events = EnumSet.noneOf(Topic.class);
    for (Topic topic : Topic.values()) {
      if (row.getBoolean(topic.parameter().substring("agent_".length()))) {
        events.add(topic);
      }
    }
    Long project = row.getObject("project_id", Long.class);
    Optional<Instant> until = SqlTime.optional(row, "disabled_until");
    return new Webhook(
        row.getLong("id"),
        row.getString("uuid"),
        project == null ? new Owner.Group(row.getLong("group_id")) : new Owner.Project(project),
        row.getString("url"),
        row.getString("name"),
        row.getString("description"),
        events,
        row.getInt("failures"),
        until,
        row.getBoolean("disabled"),
        SqlTime.required(row, "created_at"));
  }
}
