package io.mooring.apply;

import io.mooring.apply.cluster.Crew;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.desired.Labels;
import io.mooring.apply.inventory.InventoryIdentity;
import io.mooring.apply.inventory.InventoryStore;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.prune.PruneGuard;
import io.mooring.apply.watch.ListWatch;
import io.mooring.apply.watch.Sink;
import io.mooring.apply.watch.Target;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Watches the one inventory ConfigMap, so that a person's decision is carried out at once, and an
 * inventory that somebody deletes is written again. Changed by the engine's thread.
 */
final class InventoryWatch implements AutoCloseable {
  private final KubernetesApi api;
  private final Agenda agenda;
  private final RandomGenerator random;
  private final Crew crew;
  private Optional<InventoryIdentity> watched = Optional.empty();
  private Optional<ListWatch> watch = Optional.empty();
  private volatile String commitId = "";
  private volatile String allowed = "";

  InventoryWatch(KubernetesApi api, Agenda agenda, RandomGenerator random, Crew crew) {
    this.api = api;
    this.agenda = agenda;
    this.random = random;
    this.crew = crew;
  }

  /** Watches this inventory for the sake of this commit. */
  void watch(InventoryIdentity identity, String commit) {
    commitId = commit;
    if (watched.filter(identity::equals).isPresent()) {
      return;
    }
    close();
    watched = Optional.of(identity);
    String query = "labelSelector=" + Labels.INVENTORY_ID + "%3D" + identity.id();
    Target target = new Target(InventoryStore.path(identity), query, false);
    watch = Optional.of(new ListWatch(api, target, sink(), random, crew));
  }

  private Sink sink() {
    return new Sink() {
      @Override
      public void present(JsonObject configMap) {
        String named = configMap.text("metadata", "annotations", PruneGuard.ALLOW);
        boolean news = !named.equals(allowed);
        allowed = named;
        if (news && named.equals(commitId)) {
          agenda.wake();
        }
      }

      @Override
      public void absent(JsonObject configMap) {
        agenda.wake();
      }

      @Override
      public void listed(Set<String> names) {}
    };
  }

  @Override
  public void close() {
    watch.ifPresent(ListWatch::close);
    watch = Optional.empty();
    watched = Optional.empty();
  }
}
