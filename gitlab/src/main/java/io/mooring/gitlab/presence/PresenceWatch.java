package io.mooring.gitlab.presence;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.kas.KasClient;
import io.mooring.gitlab.outbox.Courier;
import io.mooring.gitlab.presence.PresenceRules.Answer;
import io.mooring.gitlab.presence.Presences.Claimed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Looks at agents that are due: those that were disconnected, that nothing was heard of for long,
 * or that came back. Replicas share the work by claims in the database, and kas is asked between
 * the claim and the decision, while nothing is locked.
 */
@Component
class PresenceWatch extends Courier {
  private static final Logger log = LoggerFactory.getLogger(PresenceWatch.class);
  private static final int BATCH = 50;

  /** After this a claimed agent counts as left by its replica: a batch asks kas within seconds. */
  private static final Duration LEASE = Duration.ofSeconds(60);

  private static final Duration NOTE = Duration.ofSeconds(5);

  /** A replica is replaced by another within this. */
  private static final Duration GAP = Duration.ofSeconds(60);

  private final Presences presences;
  private final Alerts alerts;
  private final KasClient kas;
  private final InstantSource clock;

  PresenceWatch(Presences presences, Alerts alerts, KasClient kas, InstantSource clock) {
    super("presence-watch");
    this.presences = presences;
    this.alerts = alerts;
    this.kas = kas;
    this.clock = clock;
  }

  @Override
  protected boolean round() {
    Instant listening = presences.listen(clock.instant(), NOTE, GAP);
    List<Claimed> claimed = presences.claim(BATCH, clock.instant(), LEASE);
    // When kas is away, the rest of the batch need not wait for five seconds each.
    Answer last = Answer.CONNECTED;
    for (Claimed agent : claimed) {
      last = last == Answer.UNREACHABLE ? last : ask(agent.agentId());
      alerts.decide(agent, last, listening);
    }
    return claimed.size() == BATCH;
  }

  private Answer ask(long agentId) {
    if (!kas.isEnabled()) {
      return Answer.NO_KAS;
    }
    try {
      return kas.connections(agentId).isEmpty() ? Answer.ABSENT : Answer.CONNECTED;
    } catch (StatusRuntimeException e) {
      log.atDebug().addKeyValue("agent_id", agentId).setCause(e).log("kas failed");
      return Answer.UNREACHABLE;
    }
  }
}
