package io.mooring.agentk.events;

import io.mooring.apply.object.ObjectRef;
import io.mooring.wire.agentevents.rpc.Event;
import io.mooring.wire.agentevents.rpc.ObjectState;
import io.mooring.wire.agentevents.rpc.ObjectStates;
import io.mooring.wire.agentevents.rpc.SourceState;
import io.mooring.wire.agentevents.rpc.SyncFinished;
import io.mooring.wire.agentevents.rpc.SyncStarted;
import io.mooring.wire.agentevents.rpc.WarningEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What of one project waits to be sent: the newest of each kind, so that it never grows beyond one
 * state for each object. Guarded by the lock of its {@link Outbox}.
 */
final class ProjectNotes {
  /** More warnings than this, unsent, say nothing new; the oldest go. */
  static final int MAX_WARNINGS = 100;

  /** States in one event, as the service promises. */
  static final int MAX_STATES = 500;

  private final String project;
  private final Map<ObjectRef, ObjectState> states = new LinkedHashMap<>();
  private final Deque<Note<WarningEvent>> warnings = new ArrayDeque<>();
  private Optional<Note<SourceState>> source = Optional.empty();
  private Optional<Note<SyncStarted>> started = Optional.empty();
  private Optional<Note<SyncFinished>> finished = Optional.empty();
  private String commitId = "";
  private Instant changedAt = Instant.EPOCH;
  private boolean reset;

  private record Note<T>(Instant at, T what) {}

  ProjectNotes(String project) {
    this.project = project;
  }

  void source(Instant now, SourceState state) {
    source = Optional.of(new Note<>(now, state));
  }

  void started(Instant now, String commit) {
    started =
        Optional.of(
            new Note<>(
                now, SyncStarted.newBuilder().setProjectId(project).setCommitId(commit).build()));
    finished = Optional.empty();
  }

  void finished(Instant now, SyncFinished result) {
    finished = Optional.of(new Note<>(now, result));
  }

  void states(
      Instant now, String commit, boolean all, List<io.mooring.apply.report.ObjectState> changed) {
    if (all) {
      states.clear();
      reset = true;
    }
    commitId = commit;
    changedAt = now;
    changed.forEach(state -> states.put(state.object(), WireEvents.state(state)));
  }

  void warning(Instant now, WarningEvent warning) {
    if (warnings.size() == MAX_WARNINGS) {
      warnings.removeFirst();
    }
    warnings.add(new Note<>(now, warning));
  }

  boolean isEmpty() {
    return source.isEmpty()
        && started.isEmpty()
        && finished.isEmpty()
        && states.isEmpty()
        && warnings.isEmpty()
        && !reset;
  }

  /** Takes the next event out, in the order in which things happen in a cycle. */
  Optional<Event.Builder> next() {
    if (source.isPresent()) {
      Note<SourceState> note = source.get();
      source = Optional.empty();
      return Optional.of(
          Event.newBuilder().setTime(WireEvents.time(note.at())).setSourceState(note.what()));
    }
    if (started.isPresent()) {
      Note<SyncStarted> note = started.get();
      started = Optional.empty();
      return Optional.of(
          Event.newBuilder().setTime(WireEvents.time(note.at())).setSyncStarted(note.what()));
    }
    if (!states.isEmpty() || reset) {
      return Optional.of(
          Event.newBuilder().setTime(WireEvents.time(changedAt)).setObjectStates(someStates()));
    }
    if (finished.isPresent()) {
      Note<SyncFinished> note = finished.get();
      finished = Optional.empty();
      return Optional.of(
          Event.newBuilder().setTime(WireEvents.time(note.at())).setSyncFinished(note.what()));
    }
    return Optional.ofNullable(warnings.pollFirst())
        .map(note ->
            Event.newBuilder().setTime(WireEvents.time(note.at())).setWarningEvent(note.what()));
  }

  private ObjectStates someStates() {
    List<ObjectState> some = new ArrayList<>();
    Iterator<ObjectState> waiting = states.values().iterator();
    while (waiting.hasNext() && some.size() < MAX_STATES) {
      some.add(waiting.next());
      waiting.remove();
    }
    var event =
        ObjectStates.newBuilder()
            .setProjectId(project)
            .setCommitId(commitId)
            .setReset(reset)
            .addAllStates(some)
            .build();
    reset = false;
    return event;
  }
}
