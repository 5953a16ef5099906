package io.mooring.apply.manifest;

import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;

/**
 * An object as a file says it.
 *
 * @param ref its identity; the namespace is what the file says, and empty when it says none
 * @param apiVersion group and version, such as {@code apps/v1} or {@code v1}
 * @param content everything the file says
 * @param position where the object begins
 */
public record Manifest(ObjectRef ref, String apiVersion, JsonObject content, Position position) {

  /** The version part of {@link #apiVersion}. */
  public String version() {
    return apiVersion.substring(apiVersion.indexOf('/') + 1);
  }
}
