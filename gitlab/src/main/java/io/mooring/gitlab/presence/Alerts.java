package io.mooring.gitlab.presence;

import io.mooring.gitlab.agent.ActivityEvents;
import io.mooring.gitlab.agent.AgentFeed;
import io.mooring.gitlab.agent.AgentHappening;
import io.mooring.gitlab.database.SqlTime;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.presence.PresenceRules.Answer;
import io.mooring.gitlab.presence.PresenceRules.Change;
import io.mooring.gitlab.presence.Presences.Claimed;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Raises and resolves alerts, in the table {@code agent_alerts}: one open alert an agent at most,
 * and one transaction for the alert, the presence and whoever is told. Thread-safe.
 */
@Repository
class Alerts {
  private static final Logger log = LoggerFactory.getLogger(Alerts.class);

  /** Kept of each agent, as many as of its activity. */
  private static final int KEPT = 200;

  private final JdbcClient jdbc;
  private final Presences presences;
  private final PresenceRules rules;
  private final ActivityEvents activity;
  private final AgentFeed feed;
  private final ApplicationEventPublisher listeners;
  private final InstantSource clock;

  Alerts(
      JdbcClient jdbc,
      Presences presences,
      PresenceRules rules,
      ActivityEvents activity,
      AgentFeed feed,
      ApplicationEventPublisher listeners,
      InstantSource clock) {
    this.jdbc = jdbc;
    this.presences = presences;
    this.rules = rules;
    this.activity = activity;
    this.feed = feed;
    this.listeners = listeners;
    this.clock = clock;
  }

  /** Decides about a claimed agent, unless something else happened to it since it was claimed. */
  @Transactional
  void decide(Claimed claimed, Answer answer, Instant listeningSince) {
    Instant now = clock.instant();
    presences
        .lock(claimed.agentId())
        .filter(presence -> presence.dueAt().filter(claimed.lease()::equals).isPresent())
        .map(presence -> rules.due(presence, answer, listeningSince, now))
        .ifPresent(decision -> {
          presences.store(claimed.agentId(), decision.presence());
          tell(claimed.agentId(), decision.presence(), decision.change(), now);
        });
  }

  private void tell(long agentId, Presence presence, Change change, Instant now) {
    switch (change) {
      case NONE -> {
        // Nothing that anybody should hear of.
      }
      case LOST_DISCONNECTED -> raise(agentId, "disconnected", presence.seenAt(), now);
      case LOST_SILENT -> raise(agentId, "silent", presence.seenAt(), now);
      case RETURNED -> resolve(agentId, now);
    }
  }

  private void raise(long agentId, String reason, Instant seenAt, Instant now) {
    Optional<Long> id =
        jdbc.sql(
                """
                insert into agent_alerts (agent_id, reason, seen_at, raised_at)
                values (:agent, :reason, :seen, :now) on conflict do nothing returning id\
                """)
            .param("agent", agentId)
            .param("reason", reason)
            .param("seen", SqlTime.of(seenAt))
            .param("now", SqlTime.of(now))
            .query(Long.class)
            .optional();
    if (id.isEmpty()) {
      return;
    }
    log.atInfo().addKeyValue("agent_id", agentId).addKeyValue("reason", reason).log("Agent lost");
    activity.record(ActivityEvents.Kind.AGENT_LOST, agentId, Optional.empty(), Optional.empty());
    feed.tell(
        agentId,
        "alert_raised",
        now,
        data(id.get(), reason).put("last_seen_at", Json.time(seenAt)));
    listeners.publishEvent(new AgentHappening.Lost(agentId, now, seenAt, reason));
    forgetOld(agentId);
  }

  private void resolve(long agentId, Instant now) {
    record Open(long id, String reason, Instant raisedAt) {}
    jdbc.sql(
            """
            update agent_alerts set resolved_at = :now where agent_id = :agent and resolved_at is null
            returning id, reason, raised_at\
            """)
        .param("agent", agentId)
        .param("now", SqlTime.of(now))
        .query((row, number) ->
            new Open(
                row.getLong("id"), row.getString("reason"), SqlTime.required(row, "raised_at")))
        .optional()
        .ifPresent(open -> {
          log.atInfo().addKeyValue("agent_id", agentId).log("Agent returned");
          activity.record(
              ActivityEvents.Kind.AGENT_RETURNED, agentId, Optional.empty(), Optional.empty());
          feed.tell(agentId, "alert_resolved", now, data(open.id(), open.reason()));
          listeners.publishEvent(new AgentHappening.Returned(agentId, now, open.raisedAt()));
        });
  }

  private static ObjectNode data(long id, String reason) {
    return Json.MAPPER
        .createObjectNode()
        .put("alert_id", id)
        .put("kind", Alert.KIND)
        .put("reason", reason);
  }

  private void forgetOld(long agentId) {
    jdbc.sql(
            """
            delete from agent_alerts where agent_id = :agent and (raised_at, id) <= (
              select raised_at, id from agent_alerts where agent_id = :agent
              order by raised_at desc, id desc offset :kept limit 1)\
            """)
        .param("agent", agentId)
        .param("kept", KEPT)
        .update();
  }
}
