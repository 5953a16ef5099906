package io.mooring.kas.kubernetesapi;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a body is, to a browser.
 *
 * @param mediaType told to the client
 * @param harmless whether a browser that opens it runs nothing of it
 */
record ContentKind(Optional<String> mediaType, boolean harmless) {
  private static final ContentKind UNKNOWN =
      new ContentKind(Optional.of("application/octet-stream"), false);

  private static final Set<String> HARMLESS =
      Set.of(
          "application/json",
          "application/json-patch+json",
          "application/merge-patch+json",
          "application/strategic-merge-patch+json",
          "application/apply-patch+yaml",
          "application/yaml",
          "application/cbor",
          "application/cbor-seq",
          "application/vnd.kubernetes.protobuf",
          "application/octet-stream",
          "application/openmetrics-text",
          "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
          "application/com.github.proto-openapi.spec.v3.v1.0+protobuf",
          "application/com.github.proto-openapi.spec.v3@v1.0+protobuf",
          "text/plain");

  /** Judges the values of {@code Content-Type}. */
  static ContentKind of(List<String> values) {
    if (values.size() != 1 || !HeaderText.isValue(values.getFirst())) {
      return UNKNOWN;
    }
    String value = values.getFirst();
    int semicolon = value.indexOf(';');
    String type = HeaderText.lower((semicolon < 0 ? value : value.substring(0, semicolon)).strip());
    if (HARMLESS.contains(type) && value.indexOf(',') < 0) {
      return new ContentKind(Optional.of(value), true);
    }
    // What has a comma is read by some as two types, and by others as the second.
    return value.indexOf(',') < 0 && isType(type)
        ? new ContentKind(Optional.of(value), false)
        : UNKNOWN;
  }

  private static boolean isType(String type) {
    int slash = type.indexOf('/');
    return slash > 0
        && HeaderText.isToken(type.substring(0, slash))
        && HeaderText.isToken(type.substring(slash + 1));
  }
}
