package io.mooring.gitlab.agent;

import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Page;
import io.mooring.gitlab.identity.TokenDigest;
import io.mooring.gitlab.identity.TokenGenerator;
import io.mooring.protocol.secret.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The table {@code cluster_agent_tokens}: two active ones an agent, shown once, revoked and never
 * deleted (gitlab-side.md 3.2). Thread-safe.
 */
@Repository
public class AgentTokens {
  /** Prefix by which scanners find a leaked token. */
  public static final String PREFIX = "glagent-";

  private static final int RANDOM_CHARACTERS = 50;
  private static final int MAX_ACTIVE = 2;

  /** A longer text is no token of ours and not worth hashing. */
  private static final int MAX_LENGTH = 255;

  private static final String SELECT =
      """
      select t.*, greatest(t.last_used_at, u.last_used_at) as used
      from cluster_agent_tokens t left join cluster_agent_token_uses u on u.token_id = t.id
      """;

  private final JdbcClient jdbc;
  private final TokenGenerator generator;
  private final ActivityEvents activity;
  private final AgentFeed feed;
  private final InstantSource clock;

  AgentTokens(
      JdbcClient jdbc,
      TokenGenerator generator,
      ActivityEvents activity,
      AgentFeed feed,
      InstantSource clock) {
    this.jdbc = jdbc;
    this.generator = generator;
    this.activity = activity;
    this.feed = feed;
    this.clock = clock;
  }

  /** A new token and its secret, which cannot be had a second time. */
  public record Issued(AgentToken token, Secret secret) {}

  /** Makes a token, unless the agent has two that may be used. */
  @Transactional
  public Optional<Issued> issue(
      long agentId, String name, Optional<String> description, long userId) {
    // Taken so that two requests at once do not make a third token.
    jdbc.sql("select id from cluster_agents where id = :id for update")
        .param("id", agentId)
        .query(Long.class)
        .single();
    long active =
        jdbc.sql("select count(*) from cluster_agent_tokens where agent_id = :agent and status = 0")
            .param("agent", agentId)
            .query(Long.class)
            .single();
    if (active >= MAX_ACTIVE) {
      return Optional.empty();
    }
    Secret secret = generator.token(PREFIX, RANDOM_CHARACTERS);
    AgentToken token =
        jdbc.sql(
                """
                insert into cluster_agent_tokens
                  (agent_id, digest, name, description, created_by_user_id, created_at)
                values (:agent, :digest, :name, :description, :user, :now)
                returning *, last_used_at as used\
                """)
            .param("agent", agentId)
            .param("digest", TokenDigest.of(secret.text()))
            .param("name", name)
            .param("description", description.orElse(null), Types.VARCHAR)
            .param("user", userId)
            .param("now", SqlTime.of(clock.instant()))
            .query(AgentTokens::token)
            .single();
    activity.record(
        ActivityEvents.Kind.TOKEN_CREATED, agentId, Optional.of(userId), Optional.of(token.id()));
    feed.tell(
        agentId, "token_created", AgentFeed.data().put("token_id", token.id()).put("name", name));
    return Optional.of(new Issued(token, secret));
  }

  /** The token with this secret, if it may be used. */
  public Optional<AgentToken> authenticate(String secret) {
    if (secret.isEmpty() || secret.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return jdbc.sql(SELECT + "where t.digest = :digest and t.status = 0")
        .param("digest", TokenDigest.of(secret))
        .query(AgentTokens::token)
        .optional();
  }

  /** Tokens of an agent that may be used, newest use first. */
  public Page.Slice<AgentToken> active(long agentId, Page page) {
    return new Page.Slice<>(
        jdbc.sql(
                SELECT
                    + """
                    where t.agent_id = :agent and t.status = 0 order by used desc nulls last, t.id desc
                    limit :limit offset :offset\
                    """)
            .param("agent", agentId)
            .param("limit", page.size())
            .param("offset", page.offset())
            .query(AgentTokens::token)
            .list(),
        jdbc.sql("select count(*) from cluster_agent_tokens where agent_id = :agent and status = 0")
            .param("agent", agentId)
            .query(Long.class)
            .single());
  }

  /** The token of this id, be it revoked or not. */
  public Optional<AgentToken> find(long agentId, long id) {
    return jdbc.sql(SELECT + "where t.agent_id = :agent and t.id = :id")
        .param("agent", agentId)
        .param("id", id)
        .query(AgentTokens::token)
        .optional();
  }

  /** Makes a token worth nothing. Revoking it again changes nothing. */
  @Transactional
  public void revoke(AgentToken token, long userId) {
    int changed =
        jdbc.sql("update cluster_agent_tokens set status = 1 where id = :id and status = 0")
            .param("id", token.id())
            .update();
    if (changed > 0) {
      activity.record(
          ActivityEvents.Kind.TOKEN_REVOKED,
          token.agentId(),
          Optional.of(userId),
          Optional.of(token.id()));
      feed.tell(
          token.agentId(),
          "token_revoked",
          AgentFeed.data().put("token_id", token.id()).put("name", token.name()));
    }
  }

  private static AgentToken token(ResultSet row, int number) throws SQLException {
    return new AgentToken(
        row.getLong("id"),
        row.getLong("agent_id"),
        row.getString("name"),
        Optional.ofNullable(row.getString("description")),
        row.getInt("status") == 0,
        Optional.ofNullable(row.getObject("created_by_user_id", Long.class)),
        SqlTime.required(row, "created_at"),
        SqlTime.optional(row, "used"));
  }
}
