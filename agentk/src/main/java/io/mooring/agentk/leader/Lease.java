package io.mooring.agentk.leader;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * A coordination.k8s.io/v1 Lease as it was read, with all that others wrote into it.
 *
 * @param object the document; nobody changes it from here on
 */
record Lease(JsonObject object) {
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  static Lease create(String namespace, String name) {
    var metadata = new JsonObject();
    metadata.addProperty("name", name);
    metadata.addProperty("namespace", namespace);
    var object = new JsonObject();
    object.addProperty("apiVersion", "coordination.k8s.io/v1");
    object.addProperty("kind", "Lease");
    object.add("metadata", metadata);
    return new Lease(object);
  }

  /** Who holds it; empty when nobody does. */
  String holder() {
    JsonElement holder = spec().get("holderIdentity");
    return holder == null || holder.isJsonNull() ? "" : holder.getAsString();
  }

  boolean isHeldBy(String identity) {
    return holder().equals(identity);
  }

  /** What the holder changes each time it renews. */
  JsonObject spec() {
    return object.has("spec") && object.get("spec").isJsonObject()
        ? object.getAsJsonObject("spec")
        : new JsonObject();
  }

  /** Held by this identity from now on, or still. */
  Lease held(String identity, Duration duration, Instant now) {
    JsonObject spec = spec().deepCopy();
    if (!isHeldBy(identity)) {
      spec.addProperty("acquireTime", time(now));
      JsonElement transitions = spec.get("leaseTransitions");
      boolean first = !object.has("spec");
      spec.addProperty(
          "leaseTransitions",
          (transitions == null || transitions.isJsonNull() ? 0 : transitions.getAsInt())
              + (first ? 0 : 1));
    }
    spec.addProperty("holderIdentity", identity);
    spec.addProperty("leaseDurationSeconds", duration.toSeconds());
    spec.addProperty("renewTime", time(now));
    return with(spec);
  }

  /** Held by nobody, so that the next may take it at once. */
  Lease released(Instant now) {
    JsonObject spec = spec().deepCopy();
    spec.addProperty("holderIdentity", "");
    spec.addProperty("leaseDurationSeconds", 1);
    spec.addProperty("renewTime", time(now));
    spec.addProperty("acquireTime", time(now));
    return with(spec);
  }

  private Lease with(JsonObject spec) {
    JsonObject copy = object.deepCopy();
    copy.add("spec", spec);
    return new Lease(copy);
  }

  private static String time(Instant instant) {
    return MICRO_TIME.format(instant.truncatedTo(ChronoUnit.MICROS));
  }
}
