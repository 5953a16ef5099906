package io.mooring.apply.ownership;

import io.mooring.apply.object.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a live object is as a manifest says without asking the server: we own exactly the
 * manifest's fields and their values are the manifest's. On any doubt the answer is no: an apply
 * that changes nothing costs a request and no write, an apply left out costs the user's change.
 */
public final class LiveComparison {
  private final boolean builtIn;

  private LiveComparison(boolean builtIn) {
    this.builtIn = builtIn;
  }

  /** Whether an apply of the manifest would change nothing. */
  public static boolean isInSync(JsonObject manifest, JsonObject live, FieldOwnership ownership) {
    Optional<JsonObject> own = ownership.own();
    if (own.isEmpty()) {
      return false;
    }
    FieldPaths paths = FieldPaths.of(manifest, own.get());
    if (!paths.missing().isEmpty() || !paths.extra().isEmpty()) {
      return false;
    }
    LiveComparison comparison =
        new LiveComparison(Quantities.areNormalised(manifest.text("apiVersion")));
    return comparison.same(manifest.members(), live.members(), own.get(), "", true);
  }

  private boolean same(
      @Nullable Object wanted,
      @Nullable Object found,
      JsonObject owned,
      String name,
      boolean granular) {
    return switch (wanted) {
      case Map<?, ?> map ->
          found instanceof Map<?, ?> other && sameMap(map, other, owned, name, granular);
      case List<?> list -> found instanceof List<?> other && sameList(list, other, owned, granular);
      case null -> found == null;
      case Number number when found instanceof Number other ->
          number.equals(other) || number.doubleValue() == other.doubleValue();
      default ->
          wanted.equals(found)
              || (builtIn
                  && found != null
                  && Quantities.areEqual(name, wanted.toString(), found.toString()));
    };
  }

  private boolean sameMap(
      Map<?, ?> wanted, Map<?, ?> found, JsonObject owned, String name, boolean granular) {
    boolean partial = granular && !FieldPaths.isLeaf(owned);
    if (!partial && !wanted.keySet().equals(found.keySet())) {
      return false;
    }
    // The names above the values tell where quantities stand: limits: {cpu: ...}.
    boolean quantities = Quantities.isMap(name);
    return wanted.entrySet().stream()
        .allMatch(entry ->
            same(
                entry.getValue(),
                found.get(entry.getKey()),
                partial ? owned.object("f:" + entry.getKey()) : JsonObject.EMPTY,
                quantities ? name : (String) entry.getKey(),
                partial));
  }

  private boolean sameList(List<?> wanted, List<?> found, JsonObject owned, boolean granular) {
    if (!granular || FieldPaths.isLeaf(owned)) {
      if (wanted.size() != found.size()) {
        return false;
      }
      for (int i = 0; i < wanted.size(); i++) {
        if (!same(wanted.get(i), found.get(i), JsonObject.EMPTY, "", false)) {
          return false;
        }
      }
      return true;
    }
    return owned.members().keySet().stream()
        .filter(step -> !step.equals("."))
        .allMatch(step -> {
          Optional<Object> own = ListItems.find(wanted, step, true);
          Optional<Object> theirs = ListItems.find(found, step, false);
          return own.isPresent()
              && theirs.isPresent()
              && same(own.get(), theirs.get(), owned.object(step), "", true);
        });
  }
}
