package io.mooring.gitlab.agent;

import io.mooring.gitlab.database.SqlTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Notes when tokens are used (gitlab-side.md 4.3): at once where readers look, and in the token's
 * own row at intervals, when it is also seen whether the agent was away. Thread-safe.
 */
@Component
public class TokenUse {
  private static final Logger log = LoggerFactory.getLogger(TokenUse.class);
  private static final Duration MIN_INTERVAL = Duration.ofMinutes(40);
  private static final Duration MAX_INTERVAL = Duration.ofMinutes(55);

  /** An agent none of whose tokens was used for so long was away. */
  private static final Duration CONNECTED = Duration.ofHours(1);

  private final JdbcClient jdbc;
  private final ActivityEvents activity;
  private final TransactionTemplate transactions;
  private final RandomGenerator random;
  private final AgentFeed feed;
  private final ApplicationEventPublisher listeners;
  private final InstantSource clock;

  TokenUse(
      JdbcClient jdbc,
      ActivityEvents activity,
      TransactionTemplate transactions,
      RandomGenerator random,
      AgentFeed feed,
      ApplicationEventPublisher listeners,
      InstantSource clock) {
    this.jdbc = jdbc;
    this.activity = activity;
    this.transactions = transactions;
    this.random = random;
    this.feed = feed;
    this.listeners = listeners;
    this.clock = clock;
  }

  /** Notes a use. That it cannot be noted is no reason to refuse the agent. */
  public void note(AgentToken token) {
    try {
      transactions.executeWithoutResult(status -> write(token));
    } catch (DataAccessException e) {
      log.atWarn()
          .addKeyValue("agent_id", token.agentId())
          .setCause(e)
          .log("Use of a token not noted");
    }
  }

  private void write(AgentToken token) {
    Instant now = clock.instant();
    jdbc.sql(
            """
            insert into cluster_agent_token_uses (token_id, last_used_at) values (:token, :now)
            on conflict (token_id) do update set last_used_at = excluded.last_used_at\
            """)
        .param("token", token.id())
        .param("now", SqlTime.of(now))
        .update();
    feed.tell(token.agentId(), "token_used", now, AgentFeed.data().put("token_id", token.id()));
    listeners.publishEvent(new AgentHappening.Seen(token.agentId(), now));
    Duration interval =
        MIN_INTERVAL.plusMillis(random.nextLong(MAX_INTERVAL.minus(MIN_INTERVAL).toMillis() + 1));
    boolean wasAway =
        jdbc.sql(
                """
                select not exists (select 1 from cluster_agent_tokens
                  where agent_id = :agent and status = 0 and last_used_at > :limit)\
                """)
            .param("agent", token.agentId())
            .param("limit", SqlTime.of(now.minus(CONNECTED)))
            .query(Boolean.class)
            .single();
    int written =
        jdbc.sql(
                """
                update cluster_agent_tokens set last_used_at = :now
                where id = :token and (last_used_at is null or last_used_at < :limit)\
                """)
            .param("now", SqlTime.of(now))
            .param("token", token.id())
            .param("limit", SqlTime.of(now.minus(interval)))
            .update();
    if (written > 0 && wasAway) {
      activity.record(
          ActivityEvents.Kind.AGENT_CONNECTED,
          token.agentId(),
          Optional.empty(),
          Optional.of(token.id()));
    }
  }
}
