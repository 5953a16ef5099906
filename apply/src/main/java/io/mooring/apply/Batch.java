package io.mooring.apply;

import io.mooring.apply.manifest.Source;
import java.util.List;

/**
 * All manifests of one commit.
 *
 * @param commitId the commit, as it is reported back
 * @param projectId numeric id of the manifest project; part of the inventory's default name
 * @param sources every manifest file of the commit, in any order; empty when nothing matched
 */
public record Batch(String commitId, long projectId, List<Source> sources) {
  public Batch {
    if (commitId.isEmpty()) {
      throw new IllegalArgumentException("a batch needs a commit id");
    }
    sources = List.copyOf(sources);
  }
}
