package io.mooring.apply.cycle;

import io.mooring.apply.desired.Labels;
import io.mooring.apply.object.Fingerprint;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.ownership.FieldOwnership;
import io.mooring.apply.ownership.InventoryPolicy;
import java.util.Optional;

/**
 * What is remembered of a live object.
 *
 * @param version its resource version, -1 when that is no number
 * @param owner the inventory it names
 * @param owned stands for the set of fields we own
 * @param terminating whether it is being deleted
 * @param labelled whether watches see it
 */
record LiveMark(
    String uid,
    long version,
    Optional<String> owner,
    Optional<Fingerprint> owned,
    boolean terminating,
    boolean labelled) {

  static LiveMark of(JsonObject live, FieldOwnership ownership) {
    return new LiveMark(
        live.text("metadata", "uid"),
        version(live.text("metadata", "resourceVersion")),
        live.value("metadata", "annotations", InventoryPolicy.ANNOTATION).map(Object::toString),
        ownership.fingerprint(),
        !live.text("metadata", "deletionTimestamp").isEmpty(),
        live.value("metadata", "labels", Labels.MANAGED).isPresent());
  }

  /**
   * Whether this is no newer than what was known. Versions of one kind grow in every server there
   * is (KEP-5504); where they are no numbers everything counts as newer.
   */
  boolean isNoNewerThan(LiveMark known) {
    return version >= 0 && known.version >= 0 && version <= known.version;
  }

  static long version(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
