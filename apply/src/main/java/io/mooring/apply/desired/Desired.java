package io.mooring.apply.desired;

import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.manifest.Position;
import io.mooring.apply.object.Fingerprint;
import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import java.util.Set;

/**
 * One object the cluster is to hold.
 *
 * @param body what is sent, as JSON; kept as bytes, a tree takes ten times the memory
 * @param fingerprint stands for the body
 * @param dependsOn what has to be current before it is applied
 */
@SuppressWarnings("ArrayRecordComponent") // never compared: the fingerprint is
public record Desired(
    ObjectRef ref,
    ResourceType type,
    byte[] body,
    Fingerprint fingerprint,
    Set<ObjectRef> dependsOn,
    Position position) {

  /** The body as a tree. */
  public JsonObject tree() {
    return Json.read(body);
  }
}
