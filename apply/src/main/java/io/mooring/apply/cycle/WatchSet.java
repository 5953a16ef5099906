package io.mooring.apply.cycle;

import io.mooring.apply.cluster.Crew;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.desired.Labels;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.watch.ListWatch;
import io.mooring.apply.watch.Sink;
import io.mooring.apply.watch.Target;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The watches over what is managed: one a kind and version, selected by our label. Objects of a
 * kind that are all in one namespace are watched there, others in all namespaces; where that is
 * forbidden, in each of theirs. Changed by the thread that runs cycles; asked by any.
 */
public final class WatchSet {
  /** An empty namespace means all. */
  private record Scope(ResourceType type, String namespace) {}

  private final KubernetesApi api;
  private final ObjectTable table;
  private final RandomGenerator random;
  private final Crew crew;
  private final boolean blind;
  private volatile Map<Scope, ListWatch> watches = Map.of();
  private final Set<ResourceType> narrow = new HashSet<>();

  /** No watches yet. */
  public WatchSet(KubernetesApi api, ObjectTable table, RandomGenerator random, Crew crew) {
    this(api, table, random, crew, false);
  }

  private WatchSet(
      KubernetesApi api, ObjectTable table, RandomGenerator random, Crew crew, boolean blind) {
    this.api = api;
    this.table = table;
    this.random = random;
    this.crew = crew;
    this.blind = blind;
  }

  /** Watches nothing, so that every object is read: for a single pass that costs less. */
  public static WatchSet none(
      KubernetesApi api, ObjectTable table, RandomGenerator random, Crew crew) {
    return new WatchSet(api, table, random, crew, true);
  }

  /**
   * Watches these kinds in these namespaces and nothing else, and waits until what is there is
   * known.
   *
   * @param limit how long to wait; a kind that is not known by then is read object by object
   */
  void watch(Map<ResourceType, Set<String>> wanted, String inventoryId, Duration limit)
      throws InterruptedException {
    if (blind) {
      return;
    }
    String query = "labelSelector=" + ResourceType.encode(Labels.MANAGED) + "%3D" + inventoryId;
    start(wanted, query);
    boolean forbidden = false;
    for (Map.Entry<Scope, ListWatch> entry : watches.entrySet()) {
      ListWatch.State state = entry.getValue().await(limit);
      if (state == ListWatch.State.FORBIDDEN
          && entry.getKey().namespace().isEmpty()
          && entry.getKey().type().namespaced()) {
        forbidden |= narrow.add(entry.getKey().type());
      }
    }
    if (forbidden) {
      start(wanted, query);
      for (ListWatch watch : watches.values()) {
        watch.await(limit);
      }
    }
  }

  private void start(Map<ResourceType, Set<String>> wanted, String query) {
    Set<Scope> scopes = new HashSet<>();
    wanted.forEach((type, namespaces) -> scopes.addAll(scopes(type, namespaces)));
    Map<Scope, ListWatch> next = new HashMap<>(watches);
    for (Iterator<Map.Entry<Scope, ListWatch>> all = next.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Scope, ListWatch> entry = all.next();
      boolean dead = entry.getValue().state() == ListWatch.State.NOT_SERVED;
      if (dead || !scopes.contains(entry.getKey())) {
        entry.getValue().close();
        all.remove();
      }
    }
    for (Scope scope : scopes) {
      next.computeIfAbsent(
          scope,
          it ->
              new ListWatch(
                  api,
                  new Target(it.type().path(it.namespace()), query, false),
                  sink(it),
                  random,
                  crew));
    }
    watches = Map.copyOf(next);
  }

  private Set<Scope> scopes(ResourceType type, Set<String> namespaces) {
    Set<Scope> scopes = new HashSet<>();
    if (type.namespaced() && (namespaces.size() == 1 || narrow.contains(type))) {
      namespaces.forEach(namespace -> scopes.add(new Scope(type, namespace)));
    } else {
      scopes.add(new Scope(type, ""));
    }
    return scopes;
  }

  private Sink sink(Scope scope) {
    return new Sink() {
      @Override
      public void present(JsonObject object) {
        table.observe(scope.type(), object);
      }

      @Override
      public void absent(JsonObject lastSeen) {
        table.vanished(
            scope
                .type()
                .ref(lastSeen.text("metadata", "namespace"), lastSeen.text("metadata", "name")));
      }

      @Override
      public void listed(Set<String> names) {
        table.listed(scope.type(), scope.namespace(), names);
      }
    };
  }

  /** Whether what happens to labelled objects of a kind in a namespace is seen. */
  boolean isWatching(ResourceType type, String namespace) {
    Map<Scope, ListWatch> current = watches;
    return isSynced(current.get(new Scope(type, "")))
        || isSynced(current.get(new Scope(type, namespace)));
  }

  private static boolean isSynced(@Nullable ListWatch watch) {
    return watch != null && watch.state() == ListWatch.State.SYNCED;
  }

  /** Lists everything again, in case an event was lost. */
  public void relist() {
    watches.values().forEach(ListWatch::relist);
  }
}
