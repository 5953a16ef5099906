package io.mooring.apply;

import io.mooring.apply.cluster.Crew;
import io.mooring.apply.cycle.ObjectTable;
import io.mooring.apply.report.EngineListener;
import io.mooring.apply.report.ObjectState;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.report.WarningEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listener, from a thread of its own and in order. */
final class Reporter {
  private static final Logger log = LoggerFactory.getLogger(Reporter.class);

  /** States are gathered for this long, so that a rollout is some calls and not thousands. */
  private static final Duration GATHER = Duration.ofMillis(250);

  /** A first cycle that takes longer is reported while it runs. */
  private static final Duration FIRST = Duration.ofSeconds(2);

  /**
   * A listener that stands still loses warnings, and nothing else: results are few, states are
   * merged.
   */
  private static final int MAX_WAITING = 1_000;

  private sealed interface Message {
    record Started(long projectId, String commitId) implements Message {}

    record Finished(SyncResult result) implements Message {}

    record Warning(WarningEvent event) implements Message {}
  }

  private final ObjectTable table;
  private final EngineListener listener;
  private final Crew crew;
  private final BlockingQueue<Message> queue = new LinkedBlockingQueue<>();
  private final AtomicLong lostWarnings = new AtomicLong();
  // Of the reporter's thread alone.
  private boolean told;
  private Optional<Message.Started> current = Optional.empty();

  Reporter(ObjectTable table, EngineListener listener, Crew crew) {
    this.table = table;
    this.listener = listener;
    this.crew = crew;
    crew.start("reporter", this::run);
  }

  void started(long projectId, String commitId) {
    queue.add(new Message.Started(projectId, commitId));
  }

  void finished(SyncResult result) {
    queue.add(new Message.Finished(result));
  }

  void warning(WarningEvent event) {
    if (queue.size() < MAX_WAITING) {
      queue.add(new Message.Warning(event));
    } else if (lostWarnings.getAndIncrement() == 0) {
      log.atWarn().log("Listener is too slow, warnings are dropped");
    }
  }

  private void run() {
    try {
      while (!crew.cancellation().isCancelled()) {
        Message message =
            queue.poll(told ? GATHER.toMillis() : FIRST.toMillis(), TimeUnit.MILLISECONDS);
        if (message != null) {
          deliver(message);
        } else if (current.isPresent()) {
          tellStates();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(Message message) {
    switch (message) {
      case Message.Started started -> {
        current = Optional.of(started);
        tell(() -> listener.syncStarted(started.projectId(), started.commitId()));
      }
      case Message.Finished finished -> {
        tellStates();
        tell(() -> listener.syncFinished(finished.result()));
      }
      case Message.Warning warning ->
          current.ifPresent(
              it -> tell(() -> listener.warningEvent(it.projectId(), warning.event())));
    }
  }

  private void tellStates() {
    boolean reset = !told;
    List<ObjectState> states = table.takeNews(reset);
    if (current.isPresent() && (reset || !states.isEmpty())) {
      told = true;
      Message.Started batch = current.get();
      tell(() -> listener.objectStates(batch.projectId(), batch.commitId(), reset, states));
    }
  }

  /** The listener is the caller's code: what it throws must not end the reports. */
  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("Listener failed");
    }
  }
}
