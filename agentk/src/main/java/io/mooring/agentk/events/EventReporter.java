package io.mooring.agentk.events;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.agentk.configuration.ConfigurationListener;
import io.mooring.agentk.gitops.SyncListener;
import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.agentevents.rpc.AgentEventsGrpc;
import io.mooring.wire.agentevents.rpc.Event;
import io.mooring.wire.agentevents.rpc.ReportRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is noted until kas has acknowledged it, always with the same ids. A kas that does not
 * know the service is asked again after the next connection, or an hour; meanwhile the newest is
 * kept. {@link #run} is for one thread, the rest for any.
 */
public final class EventReporter {
  private static final Logger LOG = LoggerFactory.getLogger(EventReporter.class);

  /** Events that follow each other within this time travel together. */
  private static final Duration GATHER = Duration.ofMillis(200);

  /** A request is answered after kas has handed it to GitLab. */
  private static final Duration BOUND = Duration.ofSeconds(30);

  /** When the agent stops, its last words may take this long. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private static final Duration NOT_WANTED = Duration.ofHours(1);

  private static final BackoffPolicy RETRY =
      new BackoffPolicy(
          Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(2), 2.0, 1.0);

  private final AgentEventsGrpc.AgentEventsBlockingStub kas;
  private final Outbox outbox;
  private final Timing timing;
  private final Backoff backoff;
  private final Semaphore connected = new Semaphore(0);
  private List<Event> unanswered = List.of();

  /**
   * A reporter that has not begun.
   *
   * @param channel waits for kas
   */
  public EventReporter(Channel channel, Timing timing) {
    this.kas = AgentEventsGrpc.newBlockingStub(channel);
    this.outbox = new Outbox(timing.clock(), timing.random());
    this.timing = timing;
    this.backoff = new Backoff(RETRY, timing.clock(), timing.random());
  }

  /** Where configurations are noted. */
  public ConfigurationListener configurations() {
    return outbox;
  }

  /** Where synchronizations are noted. */
  public SyncListener synchronizations() {
    return outbox;
  }

  /** There is a new connection, perhaps to another kas. */
  public void connected() {
    connected.drainPermits();
    connected.release();
  }

  /** Runs until the thread is interrupted. */
  public void run() throws InterruptedException {
    while (true) {
      outbox.await();
      timing.pause().sleep(GATHER);
      unanswered = outbox.take();
      while (!unanswered.isEmpty()) {
        deliver();
      }
    }
  }

  /** One last try for what was not answered or not sent yet. Called after {@link #run} ended. */
  public void lastWords() {
    try {
      for (List<Event> events = unanswered.isEmpty() ? outbox.take() : unanswered;
          !events.isEmpty();
          events = outbox.take()) {
        send(events, LAST_WORDS);
      }
    } catch (StatusRuntimeException e) {
      LOG.atDebug()
          .addKeyValue("error", e.getStatus().getCode())
          .log("Last events cannot be reported");
    }
  }

  private void deliver() throws InterruptedException {
    connected.drainPermits();
    try {
      send(unanswered, BOUND);
      unanswered = List.of();
      backoff.reset();
    } catch (StatusRuntimeException e) {
      Status status = e.getStatus();
      switch (status.getCode()) {
        case UNIMPLEMENTED -> {
          LOG.atInfo().log("This kas takes no reports, will ask again after the next connection");
          var _ = connected.tryAcquire(NOT_WANTED.toNanos(), TimeUnit.NANOSECONDS);
        }
        case INVALID_ARGUMENT -> {
          // Sending the same again would be refused for ever.
          LOG.atError()
              .addKeyValue("error", status.getDescription())
              .addKeyValue("count", unanswered.size())
              .log("Events were refused and are dropped");
          unanswered = List.of();
        }
        default -> {
          LOG.atDebug()
              .addKeyValue("error", status.getCode() + ": " + status.getDescription())
              .log("Events cannot be reported, will try again");
          timing.pause().sleep(backoff.next());
        }
      }
    }
  }

  private void send(List<Event> events, Duration bound) {
    var _ =
        kas.withDeadlineAfter(bound.toNanos(), TimeUnit.NANOSECONDS)
            .report(ReportRequest.newBuilder().addAllEvents(events).build());
  }
}
