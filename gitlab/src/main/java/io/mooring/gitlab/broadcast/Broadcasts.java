package io.mooring.gitlab.broadcast;

import io.mooring.gitlab.http.Json;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.JsonNode;

/**
 * Tells whoever listens what happened. Inside a transaction it is told after the commit, so that
 * who asks for more finds it; of what is rolled back nobody hears. Thread-safe.
 */
@Component
public class Broadcasts {
  private final Bus bus;

  Broadcasts(Bus bus) {
    this.bus = bus;
  }

  /** Publishes a message to a stream. Never fails: who was not reached reloads. */
  public void publish(Stream stream, JsonNode message) {
    String json = Json.MAPPER.writeValueAsString(message);
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      bus.publish(stream, json);
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            bus.publish(stream, json);
          }
        });
  }

  /** Publishes a notice to a stream. */
  public void publish(Stream stream, Notice notice) {
    publish(stream, notice.json());
  }

  /** Somebody's rights changed: their role somewhere, their account or one of their sessions. */
  public void rightsChanged(long userId) {
    publish(Stream.RIGHTS, Json.MAPPER.createObjectNode().put("user_id", userId));
  }

  /** Rights changed of more people than can be named. */
  public void rightsChanged() {
    publish(Stream.RIGHTS, Json.MAPPER.createObjectNode());
  }
}
