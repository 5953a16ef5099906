package io.mooring.gitlab.web.agent;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.agent.AgentSummary;
import io.mooring.gitlab.kas.KasClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Asks kas which agents are there, for as long as a page may wait for it. Thread-safe. */
@Component
class AgentConnections {
  private static final Logger log = LoggerFactory.getLogger(AgentConnections.class);

  /** A page is better without this than later. */
  private static final Duration LIMIT = Duration.ofMillis(800);

  /** An agent calls GitLab some moments before kas counts it as connected. */
  private static final Duration CONNECTING = Duration.ofSeconds(15);

  private final KasClient kas;

  AgentConnections(KasClient kas) {
    this.kas = kas;
  }

  /** What kas says of an agent. */
  sealed interface Known {
    /** The pods that are connected now. */
    record Pods(List<KasClient.Connection> pods) implements Known {
      public Pods {
        pods = List.copyOf(pods);
      }
    }

    /** kas could not be asked. */
    record Unknown(String reason) implements Known {}
  }

  Known of(long agentId) {
    return Objects.requireNonNull(of(List.of(agentId)).get(agentId));
  }

  /** The same of several, asked at once. */
  Map<Long, Known> of(Collection<Long> agentIds) {
    Map<Long, Known> known = new HashMap<>();
    if (!kas.isEnabled()) {
      agentIds.forEach(id ->
          known.put(id, new Known.Unknown("kas is not configured (expected: kas.internal_url)")));
      return known;
    }
    List<Long> ids = List.copyOf(agentIds);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Known>> questions =
          ids.stream().<Callable<Known>>map(id -> () -> ask(id)).toList();
      List<Future<Known>> answers =
          tasks.invokeAll(questions, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      for (int i = 0; i < ids.size(); i++) {
        known.put(ids.get(i), answer(answers.get(i)));
      }
      tasks.shutdownNow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ids.forEach(id -> known.put(id, new Known.Unknown("interrupted")));
    }
    return known;
  }

  private static Known answer(Future<Known> future) throws InterruptedException {
    if (future.isCancelled()) {
      return new Known.Unknown("kas did not answer in time");
    }
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a question to kas failed", e.getCause());
    }
  }

  private Known ask(long agentId) {
    try {
      return new Known.Pods(kas.connections(agentId));
    } catch (StatusRuntimeException e) {
      log.atDebug().addKeyValue("agent_id", agentId).setCause(e).log("kas failed");
      return new Known.Unknown("kas answers " + e.getStatus().getCode());
    }
  }

  /** Whether an agent is there: kas knows best; without it the last contact tells. */
  static AgentSummary.Contact contact(AgentSummary agent, Known known, Instant now) {
    return switch (known) {
      case Known.Unknown _ -> agent.contact(now);
      case Known.Pods(List<KasClient.Connection> pods) -> {
        boolean connecting =
            agent.lastContact().filter(last -> last.plus(CONNECTING).isAfter(now)).isPresent();
        yield !pods.isEmpty() || connecting
            ? AgentSummary.Contact.CONNECTED
            : agent.lastContact().isPresent()
                ? AgentSummary.Contact.AWAY
                : AgentSummary.Contact.NEVER;
      }
    };
  }
}
