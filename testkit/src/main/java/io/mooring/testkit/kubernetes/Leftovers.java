package io.mooring.testkit.kubernetes;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What tests made outside of namespaces, gave no label and did not delete. One lock. */
final class Leftovers {
  private final ApiServer apiServer;
  private final Set<String> known = new HashSet<>();

  /** Takes what is there now as given. */
  Leftovers(ApiServer apiServer) {
    this.apiServer = apiServer;
    known.addAll(unlabelled());
  }

  /** The paths of those that came since the last call, sorted. */
  synchronized List<String> fresh() {
    return unlabelled().stream().filter(known::add).sorted().toList();
  }

  private Set<String> unlabelled() {
    String query = "?labelSelector=%21" + TestNamespace.LABEL;
    return ClusterWideKind.paths().stream()
        .flatMap(path ->
            ClusterWideKind.names(apiServer, path, query).stream().map(name -> path + "/" + name))
        .collect(Collectors.toSet());
  }
}
