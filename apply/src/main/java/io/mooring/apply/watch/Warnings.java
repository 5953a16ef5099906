package io.mooring.apply.watch;

import io.mooring.apply.cluster.Crew;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.report.WarningEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Watches Kubernetes Events of type Warning and passes on those about managed objects and what
 * belongs to them. Only namespaces with managed objects are looked at. Changed by one thread.
 */
public final class Warnings implements AutoCloseable {
  private static final String QUERY = "fieldSelector=type%3DWarning";

  /** Up to so many namespaces are watched one by one; past that one watch sees them all. */
  private static final int SINGLE_NAMESPACES = 8;

  /** The same Event is counted up again and again; it is passed on no more often than this. */
  private static final Duration QUIET = Duration.ofSeconds(30);

  private static final int MAX_REMEMBERED = 1_000;

  private final KubernetesApi api;
  private final Owners owners;
  private final Consumer<WarningEvent> listener;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Crew crew;
  private final Map<String, ListWatch> watches = new HashMap<>();
  private final Recent<String, Instant> told = new Recent<>(MAX_REMEMBERED);
  private volatile Set<String> namespaces = Set.of();

  /** Watches nothing yet. */
  public Warnings(
      KubernetesApi api,
      Owners owners,
      Consumer<WarningEvent> listener,
      InstantSource clock,
      RandomGenerator random,
      Crew crew) {
    this.api = api;
    this.owners = owners;
    this.listener = listener;
    this.clock = clock;
    this.random = random;
    this.crew = crew;
  }

  /** Watches these namespaces and no others. The empty one stands for objects that are in none. */
  public void watch(Set<String> wanted) {
    namespaces = Set.copyOf(wanted);
    Set<String> scopes = new HashSet<>();
    for (String namespace : wanted) {
      // Events about objects in no namespace are in this one.
      scopes.add(namespace.isEmpty() ? "default" : namespace);
    }
    if (scopes.size() > SINGLE_NAMESPACES && !isForbidden()) {
      scopes = Set.of("");
    }
    for (String scope : Set.copyOf(watches.keySet())) {
      ListWatch watch = scopes.contains(scope) ? null : watches.remove(scope);
      if (watch != null) {
        watch.close();
      }
    }
    for (String scope : scopes) {
      watches.computeIfAbsent(scope, this::start);
    }
  }

  private boolean isForbidden() {
    ListWatch all = watches.get("");
    return all != null && all.state() == ListWatch.State.FORBIDDEN;
  }

  private ListWatch start(String scope) {
    String path = "/api/v1" + (scope.isEmpty() ? "" : "/namespaces/" + scope) + "/events";
    return new ListWatch(api, new Target(path, QUERY, true), sink(), random, crew);
  }

  private Sink sink() {
    return new Sink() {
      @Override
      public void present(JsonObject event) {
        consider(event);
      }

      @Override
      public void absent(JsonObject event) {}

      @Override
      public void listed(Set<String> names) {}
    };
  }

  private void consider(JsonObject event) {
    JsonObject about = event.object("involvedObject");
    String namespace = about.text("namespace");
    if (about.text("kind").isEmpty()
        || about.text("name").isEmpty()
        || !namespaces.contains(namespace)) {
      return;
    }
    ObjectRef ref =
        Owners.ref(about.text("apiVersion"), about.text("kind"), namespace, about.text("name"));
    String uid = event.text("metadata", "uid");
    Instant now = clock.instant();
    boolean recent = told.get(uid).filter(last -> last.plus(QUIET).isAfter(now)).isPresent();
    if (recent) {
      return;
    }
    owners
        .managed(ref, about.text("apiVersion"), about.text("uid"))
        .ifPresent(managed -> {
          told.put(uid, now);
          long count = event.number("count").orElse(event.number("series", "count").orElse(1));
          listener.accept(
              new WarningEvent(
                  ref,
                  managed,
                  event.text("reason"),
                  event.text("message"),
                  (int) Math.min(Integer.MAX_VALUE, count)));
        });
  }

  @Override
  public void close() {
    watches.values().forEach(ListWatch::close);
    watches.clear();
  }
}
