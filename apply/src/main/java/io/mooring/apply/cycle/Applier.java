package io.mooring.apply.cycle;

import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.desired.Desired;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.options.DryRun;
import io.mooring.apply.ownership.InventoryPolicy;
import io.mooring.apply.report.Action;
import java.util.Locale;
import java.util.Optional;

/**
 * Applies one object: not at all when the cluster already holds it, and not when it belongs to
 * somebody else. Safe for any thread.
 */
final class Applier {
  /**
   * The server itself repeats a write that meets another one; what it gives up on is tried this
   * often.
   */
  private static final int CONFLICT_ATTEMPTS = 3;

  private final Settings settings;
  private final ObjectTable table;
  private final String inventoryId;
  private final WatchSet watches;

  Applier(Settings settings, ObjectTable table, String inventoryId, WatchSet watches) {
    this.settings = settings;
    this.table = table;
    this.inventoryId = inventoryId;
    this.watches = watches;
  }

  /** Applies an object and notes what became of it. */
  Applied apply(Desired desired, Cancellation cancellation) throws InterruptedException {
    Applied applied = attempt(desired, cancellation);
    table.decided(desired.ref(), applied.action(), applied.message());
    return applied;
  }

  private Applied attempt(Desired desired, Cancellation cancellation) throws InterruptedException {
    ObjectRef ref = desired.ref();
    try {
      ObjectTable.View view = known(desired, cancellation);
      if (view.inSync()) {
        return Applied.done(ref, Action.UNCHANGED);
      }
      Optional<LiveMark> live = view.live();
      Optional<String> objection = live.flatMap(this::objection);
      if (objection.isPresent()) {
        return new Applied(ref, Action.APPLY_FAILED, objection.get(), true);
      }
      if (live.filter(LiveMark::terminating).isPresent()) {
        return new Applied(
            ref, Action.APPLY_FAILED, "is being deleted; it is made again when it is gone", false);
      }
      return write(desired, live, cancellation);
    } catch (ApiException e) {
      if (settings.options().dryRun() == DryRun.SERVER && e.isNotFound()) {
        return new Applied(
            ref,
            Action.SKIPPED,
            "dry run: its namespace or kind is not there yet, so the server cannot check it",
            false);
      }
      return new Applied(ref, Action.APPLY_FAILED, e.textFor(ref), isRefusal(e));
    }
  }

  /** What a watch does not see is read, so that the decision is not made on old memory. */
  private ObjectTable.View known(Desired desired, Cancellation cancellation)
      throws ApiException, InterruptedException {
    ObjectTable.View view = table.view(desired.ref());
    boolean watched =
        view.live().filter(LiveMark::labelled).isPresent()
            && watches.isWatching(desired.type(), desired.ref().namespace());
    if (watched) {
      return view;
    }
    Optional<JsonObject> live =
        settings
            .retry()
            .send(cancellation, () -> settings.api().find(desired.type().path(desired.ref())));
    if (live.isPresent()) {
      table.observe(desired.type(), live.get());
    } else {
      table.absent(desired.ref());
    }
    return table.view(desired.ref());
  }

  private Optional<String> objection(LiveMark live) {
    InventoryPolicy policy = settings.options().inventoryPolicy();
    if (policy.allows(inventoryId, live.owner())) {
      return Optional.empty();
    }
    String name = policy.name().toLowerCase(Locale.ROOT);
    String owner = live.owner().filter(text -> !text.isEmpty()).orElse("");
    return Optional.of(
        owner.isEmpty()
            ? "exists and belongs to no inventory; inventory_policy "
                + name
                + " leaves it alone"
                + " (to take it over: adopt_if_no_inventory)"
            : "belongs to inventory "
                + owner
                + ", not to "
                + inventoryId
                + "; inventory_policy "
                + name
                + " leaves it alone");
  }

  private Applied write(Desired desired, Optional<LiveMark> before, Cancellation cancellation)
      throws ApiException, InterruptedException {
    ObjectRef ref = desired.ref();
    DryRun dryRun = settings.options().dryRun();
    Action action = before.isPresent() ? Action.CONFIGURED : Action.CREATED;
    if (dryRun == DryRun.CLIENT) {
      return new Applied(ref, action, "dry run: nothing was sent", false);
    }
    JsonObject answer = patch(desired, cancellation);
    if (dryRun == DryRun.SERVER) {
      return new Applied(ref, action, "dry run: the server would accept it", false);
    }
    table.applied(desired, answer);
    long version = LiveMark.version(answer.text("metadata", "resourceVersion"));
    boolean same = before.filter(mark -> version >= 0 && mark.version() == version).isPresent();
    return Applied.done(ref, same ? Action.UNCHANGED : action);
  }

  private JsonObject patch(Desired desired, Cancellation cancellation)
      throws ApiException, InterruptedException {
    String path =
        desired.type().path(desired.ref())
            + "?force=true&fieldManager="
            + ResourceType.encode(settings.options().fieldManager())
            + (settings.strict() ? "&fieldValidation=Strict" : "")
            + (settings.options().dryRun() == DryRun.SERVER ? "&dryRun=All" : "");
    for (int attempt = 1; ; attempt++) {
      try {
        return settings
            .retry()
            .send(
                cancellation,
                () -> settings.api().patch(path, KubernetesApi.APPLY, desired.body()));
      } catch (ApiException e) {
        if (e.code() != 409 || attempt == CONFLICT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Whether the answer means that nothing was stored. */
  private static boolean isRefusal(ApiException e) {
    return e.code() >= 400 && e.code() < 500 && !e.isTransient() && e.code() != 409;
  }
}
