package io.mooring.kas.gitlab;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.StatusException;
import io.mooring.wire.agentevents.rpc.Event;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what agents report to GitLab. A GitLab without the endpoint answers 404: it is told nothing
 * for an hour then, and reports are dropped, which is no error to anybody.
 */
public final class AgentReports {
  private static final Logger log = LoggerFactory.getLogger(AgentReports.class);

  /** GitLab may have been upgraded after this time. */
  static final Duration UNWANTED = Duration.ofHours(1);

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private final GitLabApi api;
  private final InstantSource clock;
  private final AtomicReference<Instant> unwantedUntil = new AtomicReference<>(Instant.MIN);

  /** Over one API. */
  public AgentReports(GitLabApi api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  /**
   * Hands over a batch, and returns when GitLab has it or does not want it.
   *
   * @throws GitLabException when GitLab may take it later
   * @throws StatusException when the RPC of this thread ended
   */
  public void report(long agentId, List<Event> events)
      throws GitLabException, StatusException, InterruptedException {
    if (clock.instant().isBefore(unwantedUntil.get())) {
      return;
    }
    try {
      api.agentReports(json(agentId, events));
    } catch (GitLabException e) {
      if (e.status() != 404) {
        throw e;
      }
      Instant now = clock.instant();
      Instant before = unwantedUntil.getAndSet(now.plus(UNWANTED));
      if (before.equals(Instant.MIN)) {
        log.atInfo().log("GitLab does not take reports of agents, dropping them");
      }
    }
  }

  private static String json(long agentId, List<Event> events) {
    StringJoiner list =
        new StringJoiner(",", "{\"agent_id\":\"" + agentId + "\",\"events\":[", "]}");
    for (Event event : events) {
      try {
        list.add(PRINTER.print(event));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("cannot write an event as JSON", e);
      }
    }
    return list.toString();
  }
}
