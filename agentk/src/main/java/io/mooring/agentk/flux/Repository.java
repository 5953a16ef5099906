package io.mooring.agentk.flux;

import io.mooring.apply.object.JsonObject;

/**
 * A GitRepository of Flux, as far as it is of interest here.
 *
 * @param url as its spec says, perhaps with credentials: never for logs
 */
record Repository(String namespace, String name, String uid, GitLocation url) {
  /** Keeps a URL out of what is printed. */
  record GitLocation(String text) {
    @Override
    public String toString() {
      return "***";
    }
  }

  static Repository of(JsonObject object) {
    return new Repository(
        object.text("metadata", "namespace"),
        object.text("metadata", "name"),
        object.text("metadata", "uid"),
        new GitLocation(object.text("spec", "url")));
  }

  /** {@code namespace/name}. */
  String key() {
    return namespace + "/" + name;
  }
}
