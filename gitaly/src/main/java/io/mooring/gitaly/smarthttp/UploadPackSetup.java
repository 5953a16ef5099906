package io.mooring.gitaly.smarthttp;

import java.util.List;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.UploadPack;

/**
 * How fetching works here: any object may be wanted, one request at a time, bounded memory
 * (gitlab-side.md 8.8).
 */
final class UploadPackSetup {
  /** Memory of the search for deltas. */
  private static final long SEARCH_MEMORY = 16 << 20;

  /** Deltas kept until they are written. */
  private static final long DELTA_CACHE = 16 << 20;

  /** Larger files are sent as they are: comparing them would need them whole in memory. */
  private static final int MAX_DELTA_FILE = 8 << 20;

  private UploadPackSetup() {}

  static void apply(UploadPack upload, Repository repository, String gitProtocol) {
    upload.setBiDirectionalPipe(false);
    upload.setRefFilter(HiddenRefs.UPLOAD_PACK);
    upload.setRequestPolicy(UploadPack.RequestPolicy.ANY);
    var packing = new PackConfig(repository);
    packing.setThreads(1);
    packing.setDeltaSearchMemoryLimit(SEARCH_MEMORY);
    packing.setDeltaCacheSize(DELTA_CACHE);
    packing.setBigFileThreshold(MAX_DELTA_FILE);
    upload.setPackConfig(packing);
    if (Advertisement.isVersion2(gitProtocol)) {
      upload.setExtraParameters(List.of("version=2"));
    }
  }
}
