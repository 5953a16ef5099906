package io.mooring.apply.cycle;

import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.desired.Desired;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.ownership.FieldOwnership;
import io.mooring.apply.ownership.LiveComparison;
import io.mooring.apply.report.Action;
import io.mooring.apply.report.ObjectState;
import io.mooring.apply.status.Status;
import io.mooring.apply.status.StatusRules;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted, what is there and what was done, object by object: the one shared state of an
 * engine. It holds marks of live objects and never the objects, so its memory is that of the
 * manifests. Safe for any thread.
 */
public final class ObjectTable {
  /** So many fields that somebody else keeps setting are named. */
  private static final int MAX_CONFLICTS = 3;

  /** Cancellations make no sound: waiting threads look up this often. */
  private static final Duration SLICE = Duration.ofMillis(100);

  /**
   * What is known of one object.
   *
   * @param live empty when nothing is known: the object may be there or not
   * @param inSync whether the cluster holds what the manifest says
   * @param conflict who changed the object since it was applied; empty when nobody did
   * @param since when it was last written
   */
  record View(
      Optional<Desired> desired,
      Optional<LiveMark> live,
      boolean inSync,
      String conflict,
      Status status,
      Action action,
      Instant since) {}

  private final InstantSource clock;
  private final String fieldManager;
  private final Duration reconcileTimeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<ObjectRef, Entry> entries = new HashMap<>();
  private final News news = new News();
  private volatile Consumer<ObjectRef> onDrift = ref -> {};
  private volatile Set<String> namespaces = Set.of();

  /** An empty table. */
  public ObjectTable(InstantSource clock, String fieldManager, Duration reconcileTimeout) {
    this.clock = clock;
    this.fieldManager = fieldManager;
    this.reconcileTimeout = reconcileTimeout;
  }

  /** Who is told that an object is no longer as it was applied; called without the lock. */
  public void onDrift(Consumer<ObjectRef> listener) {
    onDrift = listener;
  }

  /**
   * Begins a cycle: from here on {@code desired} is wanted, and of other objects only {@code
   * managed} are of interest.
   */
  void begin(Map<ObjectRef, Desired> desired, Set<ObjectRef> managed) {
    Instant now = clock.instant();
    lock.lock();
    try {
      for (Entry entry : List.copyOf(entries.values())) {
        if (!desired.containsKey(entry.ref)) {
          entry.desired = null;
          if (!managed.contains(entry.ref)) {
            remove(entry, "no longer among the manifests");
          }
        }
      }
      desired.forEach((ref, wanted) -> {
        Entry entry = entries.computeIfAbsent(ref, it -> new Entry(it, now));
        if (entry.differsFrom(wanted)) {
          news.changed(ref);
        }
        entry.desired = wanted;
      });
      namespaces = entries.keySet().stream().map(ObjectRef::namespace).collect(Collectors.toSet());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What is known of an object. */
  View view(ObjectRef ref) {
    lock.lock();
    try {
      Entry entry = entries.get(ref);
      return entry == null
          ? new View(
              Optional.empty(),
              Optional.empty(),
              false,
              "",
              Status.NOT_FOUND,
              Action.PENDING,
              clock.instant())
          : new View(
              Optional.ofNullable(entry.desired),
              Optional.ofNullable(entry.live),
              entry.isInSync(),
              entry.hasDrifted() ? entry.conflict : "",
              entry.status,
              entry.action,
              entry.since);
    } finally {
      lock.unlock();
    }
  }

  /** Whether an object is wanted here. */
  public boolean isWanted(ObjectRef ref) {
    return view(ref).desired().isPresent();
  }

  /** The namespaces of all objects; the empty one among them when some are in none. */
  public Set<String> namespaces() {
    return namespaces;
  }

  /** UIDs of all live objects that are wanted. */
  Set<String> wantedUids() {
    lock.lock();
    try {
      Set<String> uids = new HashSet<>();
      for (Entry entry : entries.values()) {
        if (entry.desired != null && entry.live != null) {
          uids.add(entry.live.uid());
        }
      }
      return uids;
    } finally {
      lock.unlock();
    }
  }

  /** A live object was seen, by a watch or a read. */
  void observe(ResourceType type, JsonObject live) {
    take(type, live, Optional.empty());
  }

  /** A live object is the answer to an apply. */
  void applied(Desired desired, JsonObject live) {
    take(desired.type(), live, Optional.of(desired));
  }

  private void take(ResourceType type, JsonObject seen, Optional<Desired> applied) {
    JsonObject live = withKind(seen, type);
    ObjectRef ref = type.ref(live.text("metadata", "namespace"), live.text("metadata", "name"));
    FieldOwnership ownership = FieldOwnership.of(live, fieldManager);
    LiveMark mark = LiveMark.of(live, ownership);
    boolean drifted;
    lock.lock();
    try {
      Entry entry = entries.get(ref);
      boolean stale = entry == null || (entry.live != null && mark.isNoNewerThan(entry.live));
      if (entry == null || (stale && applied.isEmpty())) {
        return;
      }
      if (!stale) {
        entry.live = mark;
        entry.status = StatusRules.of(live, clock.instant());
      }
      compare(entry, live, ownership, applied);
      drifted = entry.hasDrifted();
      if (drifted && !stale) {
        entry.conflict = conflict(entry, ownership);
      }
      news.changed(ref);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (drifted) {
      onDrift.accept(ref);
    }
  }

  private static void compare(
      Entry entry, JsonObject live, FieldOwnership ownership, Optional<Desired> applied) {
    Desired desired = entry.desired;
    if (desired == null || ownership.fingerprint().isEmpty()) {
      return;
    }
    boolean known = entry.synced != null && entry.synced.manifest().equals(desired.fingerprint());
    if (applied.isPresent()) {
      entry.synced = new Entry.Synced(applied.get().fingerprint(), ownership.fingerprint().get());
    } else if (!known && LiveComparison.isInSync(desired.tree(), live, ownership)) {
      entry.synced = new Entry.Synced(desired.fingerprint(), ownership.fingerprint().get());
    }
  }

  private static String conflict(Entry entry, FieldOwnership ownership) {
    List<String> taken =
        entry.desired == null ? List.of() : ownership.taken(entry.desired.tree(), MAX_CONFLICTS);
    return taken.isEmpty() ? "changed in the cluster" : String.join("; ", taken);
  }

  /** Items of lists carry no kind. */
  private static JsonObject withKind(JsonObject live, ResourceType type) {
    if (!live.text("kind").isEmpty()) {
      return live;
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>(live.members());
    members.put("apiVersion", type.apiVersion());
    members.put("kind", type.kind());
    return new JsonObject(members);
  }

  /** An object is no longer seen by its watch: it is gone, or lost our label. */
  void vanished(ObjectRef ref) {
    if (lose(ref)) {
      onDrift.accept(ref);
    }
  }

  /** A read found nothing. */
  void absent(ObjectRef ref) {
    lose(ref);
  }

  private boolean lose(ObjectRef ref) {
    lock.lock();
    try {
      Entry entry = entries.get(ref);
      if (entry == null || entry.live == null) {
        return false;
      }
      entry.live = null;
      entry.synced = null;
      entry.status = Status.NOT_FOUND;
      news.changed(ref);
      changed.signalAll();
      return entry.desired != null && entry.action != Action.PENDING;
    } finally {
      lock.unlock();
    }
  }

  /** A list of a kind is complete: what it should hold and does not has vanished. */
  void listed(ResourceType type, String namespace, Set<String> names) {
    List<ObjectRef> missing = new ArrayList<>();
    lock.lock();
    try {
      for (Entry entry : entries.values()) {
        ObjectRef ref = entry.ref;
        boolean covered =
            ref.is(type.group(), type.kind())
                && (namespace.isEmpty() || namespace.equals(ref.namespace()))
                && entry.live != null
                && entry.live.labelled();
        if (covered && !names.contains(ref.namespace() + "/" + ref.name())) {
          missing.add(ref);
        }
      }
    } finally {
      lock.unlock();
    }
    missing.forEach(this::vanished);
  }

  /** What was done with an object, and why when that needs saying. */
  void decided(ObjectRef ref, Action action, String message) {
    Instant now = clock.instant();
    lock.lock();
    try {
      Entry entry = entries.computeIfAbsent(ref, it -> new Entry(it, now));
      if (action == Action.CREATED || action == Action.CONFIGURED) {
        entry.since = now;
      }
      if (entry.action != action || !entry.message.equals(message)) {
        news.changed(ref);
      }
      entry.action = action;
      entry.message = message;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** An object is gone on purpose, or no longer ours: says so one last time. */
  void forget(ObjectRef ref, String message) {
    Instant now = clock.instant();
    lock.lock();
    try {
      remove(entries.computeIfAbsent(ref, it -> new Entry(it, now)), message);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void remove(Entry entry, String message) {
    entry.action = Action.PRUNED;
    entry.message = message;
    entries.remove(entry.ref);
    news.departed(entry.state(clock.instant(), reconcileTimeout));
  }

  /**
   * Waits until something holds of the table.
   *
   * @return whether it held before the time was over and the work cancelled
   */
  boolean await(Cancellation cancellation, Duration limit, BooleanSupplier holds)
      throws InterruptedException {
    long left = limit.toNanos();
    while (!holds.getAsBoolean()) {
      if (cancellation.isCancelled() || left <= 0) {
        return false;
      }
      lock.lock();
      try {
        // A change between the question and this line is seen a slice later at most.
        long slice = Math.min(left, SLICE.toNanos());
        left -= slice - Math.max(0, changed.awaitNanos(slice));
      } finally {
        lock.unlock();
      }
    }
    return true;
  }

  /** Waits for something to report; comes back when the time is over at the latest. */
  public void awaitNews(Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (news.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes the states that changed since the last call, or all there are. */
  public List<ObjectState> takeNews(boolean all) {
    Instant now = clock.instant();
    lock.lock();
    try {
      return news.take(entries.values(), now, reconcileTimeout, all);
    } finally {
      lock.unlock();
    }
  }

  /** All states. */
  public List<ObjectState> states() {
    Instant now = clock.instant();
    lock.lock();
    try {
      return entries.values().stream()
          .map(entry -> entry.state(now, reconcileTimeout))
          .sorted(Comparator.comparing(ObjectState::object))
          .toList();
    } finally {
      lock.unlock();
    }
  }
}
