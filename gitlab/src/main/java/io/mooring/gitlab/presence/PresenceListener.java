package io.mooring.gitlab.presence;

import io.mooring.gitlab.agent.AgentHappening;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Notes what is heard of agents, in the transaction of what was heard. One that is there and stays
 * costs one update by its key. Thread-safe.
 */
@Component
class PresenceListener {
  private final Presences presences;
  private final PresenceRules rules;
  private final InstantSource clock;

  PresenceListener(Presences presences, PresenceRules rules, InstantSource clock) {
    this.presences = presences;
    this.rules = rules;
    this.clock = clock;
  }

  @EventListener
  @Transactional
  void on(AgentHappening.Seen seen) {
    heard(seen.agentId(), presence -> rules.seen(presence, clock.instant()));
  }

  @EventListener
  @Transactional
  void on(AgentHappening.Connected connected) {
    heard(
        connected.agentId(),
        presence -> rules.connected(presence, connected.at(), clock.instant()));
  }

  @EventListener
  @Transactional
  void on(AgentHappening.Disconnected gone) {
    Instant now = clock.instant();
    presences
        .lock(gone.agentId())
        .ifPresent(presence ->
            presences.store(gone.agentId(), rules.disconnected(presence, gone.at(), now)));
  }

  private void heard(long agentId, UnaryOperator<Presence> change) {
    Instant now = clock.instant();
    if (presences.stillPresent(agentId, now, now.plus(rules.silentAfter()))) {
      return;
    }
    presences
        .lock(agentId)
        .ifPresentOrElse(
            presence -> presences.store(agentId, change.apply(presence)),
            () -> presences.begin(agentId, rules.first(now)));
  }
}
