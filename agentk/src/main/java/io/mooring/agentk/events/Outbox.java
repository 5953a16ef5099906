package io.mooring.agentk.events;

import io.mooring.agentk.configuration.ConfigurationListener;
import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.agentk.gitops.SyncListener;
import io.mooring.apply.report.ObjectState;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.report.WarningEvent;
import io.mooring.wire.agentevents.rpc.ConfigurationApplied;
import io.mooring.wire.agentevents.rpc.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Holds what was not sent yet. Any thread notes, without waiting; one thread takes. One lock. */
final class Outbox implements ConfigurationListener, SyncListener {
  /**
   * A request stays below the 1 MiB that the service promises; states of 500 objects have at most
   * this.
   */
  private static final int MAX_REQUEST_BYTES = 512 * 1024;

  private final InstantSource clock;
  private final RandomGenerator random;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition noted = lock.newCondition();
  private final Map<String, ProjectNotes> projects = new LinkedHashMap<>();
  private Optional<Event.Builder> configuration = Optional.empty();

  Outbox(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  @Override
  public void applied(String commitId) {
    configuration(event ->
        event.setConfigurationApplied(ConfigurationApplied.newBuilder().setCommitId(commitId)));
  }

  @Override
  public void rejected(String commitId, ConfigurationRejectedException reason) {
    configuration(event -> event.setConfigurationRejected(WireEvents.rejected(commitId, reason)));
  }

  @Override
  public void syncStarted(String project, String commitId) {
    note(project, notes -> notes.started(clock.instant(), commitId));
  }

  @Override
  public void syncFinished(String project, SyncResult result) {
    note(
        project,
        notes -> notes.finished(result.finishedAt(), WireEvents.finished(project, result)));
  }

  @Override
  public void sourceRefused(String project, String commitId, String error) {
    source(project, commitId, error);
  }

  @Override
  public void sourceDelivered(String project, String commitId) {
    source(project, commitId, "");
  }

  private void source(String project, String commitId, String refusal) {
    note(
        project,
        notes -> notes.source(clock.instant(), WireEvents.source(project, commitId, refusal)));
  }

  @Override
  public void objectStates(
      String project, String commitId, boolean reset, List<ObjectState> states) {
    note(project, notes -> notes.states(clock.instant(), commitId, reset, states));
  }

  @Override
  public void warningEvent(String project, WarningEvent event) {
    note(project, notes -> notes.warning(clock.instant(), WireEvents.warning(project, event)));
  }

  /** Waits until something is noted. */
  void await() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (isEmpty()) {
        noted.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes out as many events as fit a request, each with its id; empty when there are none. */
  List<Event> take() {
    lock.lock();
    try {
      List<Event> events = new ArrayList<>();
      int bytes = 0;
      Optional<Event> next = next();
      while (next.isPresent()) {
        events.add(next.get());
        bytes += next.get().getSerializedSize();
        next = bytes < MAX_REQUEST_BYTES ? next() : Optional.empty();
      }
      return events;
    } finally {
      lock.unlock();
    }
  }

  private Optional<Event> next() {
    if (configuration.isPresent()) {
      Event.Builder event = configuration.get();
      configuration = Optional.empty();
      return Optional.of(identified(event));
    }
    for (ProjectNotes notes : projects.values()) {
      Optional<Event.Builder> event = notes.next();
      if (event.isPresent()) {
        return event.map(this::identified);
      }
    }
    projects.clear();
    return Optional.empty();
  }

  private Event identified(Event.Builder event) {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return event.setId(HexFormat.of().formatHex(id)).build();
  }

  private boolean isEmpty() {
    return configuration.isEmpty() && projects.values().stream().allMatch(ProjectNotes::isEmpty);
  }

  private void configuration(Consumer<Event.Builder> what) {
    Instant now = clock.instant();
    lock.lock();
    try {
      Event.Builder event = Event.newBuilder().setTime(WireEvents.time(now));
      what.accept(event);
      configuration = Optional.of(event);
      noted.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void note(String project, Consumer<ProjectNotes> what) {
    lock.lock();
    try {
      what.accept(projects.computeIfAbsent(project, ProjectNotes::new));
      noted.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
