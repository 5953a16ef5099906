package io.mooring.gitlab.webhook;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.agent.AgentHappening;
import io.mooring.gitlab.agent.Agents;
import io.mooring.gitlab.http.Json;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts what happens to agents into the outbox, in the transaction that stores it: what is rolled
 * back is never sent, and what is committed is. Thread-safe.
 */
@Component
class HookEvents {
  private final Agents agents;
  private final Deliveries deliveries;
  private final HookBodies bodies;
  private final DeliveryCourier courier;

  HookEvents(Agents agents, Deliveries deliveries, HookBodies bodies, DeliveryCourier courier) {
    this.agents = agents;
    this.deliveries = deliveries;
    this.bodies = bodies;
    this.courier = courier;
  }

  @EventListener
  @Transactional
  void on(AgentHappening.Lost lost) {
    ObjectNode details =
        Json.MAPPER
            .createObjectNode()
            .put("reason", lost.reason())
            .put("last_seen_at", Json.time(lost.seenAt()));
    add(lost, Topic.PRESENCE, "agent_lost", details);
  }

  @EventListener
  @Transactional
  void on(AgentHappening.Returned returned) {
    ObjectNode details =
        Json.MAPPER.createObjectNode().put("lost_at", Json.time(returned.lostAt()));
    add(returned, Topic.PRESENCE, "agent_returned", details);
  }

  @EventListener
  @Transactional
  void on(AgentHappening.ConfigurationRefused refused) {
    add(refused, Topic.CONFIGURATION, "configuration_refused", refused.data());
  }

  @EventListener
  @Transactional
  void on(AgentHappening.SyncFailed failed) {
    add(failed, Topic.SYNC, "sync_failed", failed.data());
  }

  @EventListener
  @Transactional
  void on(AgentHappening.SyncRecovered recovered) {
    add(recovered, Topic.SYNC, "sync_recovered", recovered.data());
  }

  private void add(AgentHappening happening, Topic topic, String name, ObjectNode details) {
    if (!deliveries.isWanted(happening.agentId(), topic)) {
      return;
    }
    Agent agent = agents.find(happening.agentId()).orElseThrow();
    deliveries.add(
        agent.id(), topic, bodies.of(agent, topic, name, happening.at(), details).toString());
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            courier.wake();
          }
        });
  }
}
