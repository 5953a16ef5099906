package io.mooring.gitaly.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.RepositoryCacheConfig;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/**
 * What JGit takes from the machine around it, replaced by our own: no configuration of the user or
 * the system is read or written, no git command is looked for, and nothing is measured in the file
 * system (JGit would spend three seconds on that at the first access). JGit keeps all this in
 * static state, so it is per process.
 */
public final class GitEnvironment {
  /** Time stamps of files move with the kernel's tick where they are finer than a second at all. */
  private static final Duration FINE_RESOLUTION = Duration.ofMillis(10);

  /** The coarsest file systems in use count in steps of two seconds. */
  private static final Duration COARSE_RESOLUTION = Duration.ofSeconds(2);

  /** Bytes of packs held in memory for all repositories together. */
  private static final long PACK_WINDOWS = 32L << 20;

  /** Objects that deltas are based on, held per reader. */
  private static final int DELTA_BASES = 16 << 20;

  private static final SystemReader MACHINE = SystemReader.getInstance();

  private GitEnvironment() {}

  /**
   * Sets JGit up for repositories below these roots.
   *
   * @param roots folders that exist and can be written
   * @param maxHeap what the process may allocate, in bytes
   */
  public static synchronized void install(Collection<Path> roots, long maxHeap) throws IOException {
    Duration resolution = FINE_RESOLUTION;
    for (Path root : roots) {
      resolution = isFine(root) ? resolution : COARSE_RESOLUTION;
    }
    SystemReader.setInstance(new Own(MACHINE, resolution));
    FS.FileStoreAttributes.setBackground(true);
    RepositoryCacheConfig noCache = new RepositoryCacheConfig();
    noCache.setCleanupDelay(RepositoryCacheConfig.NO_CLEANUP);
    noCache.install();
    WindowCacheConfig windows = new WindowCacheConfig();
    windows.setPackedGitLimit(Math.min(PACK_WINDOWS, maxHeap / 8));
    windows.setDeltaBaseCacheLimit((int) Math.min(DELTA_BASES, maxHeap / 16));
    windows.setStreamFileThreshold(streamThreshold(maxHeap));
    windows.setExposeStatsViaJmx(false);
    windows.install();
  }

  /**
   * From this size on a blob is never held whole. Trees are, so the threshold may not be small: a
   * tree needs about 40 bytes for each entry.
   */
  static int streamThreshold(long maxHeap) {
    return Math.clamp(maxHeap / 16, 2 << 20, 32 << 20);
  }

  private static boolean isFine(Path root) throws IOException {
    for (int attempt = 0; attempt < 3; attempt++) {
      Path probe = Files.createTempFile(root, ".clock", null);
      Instant changed = Files.getLastModifiedTime(probe).toInstant();
      Files.delete(probe);
      if (!changed.truncatedTo(ChronoUnit.SECONDS).equals(changed)) {
        return true;
      }
    }
    return false;
  }

  private static final class Own extends SystemReader.Delegate {
    private final Duration resolution;

    Own(SystemReader machine, Duration resolution) {
      super(machine);
      this.resolution = resolution;
    }

    /** What every repository starts from; its own configuration comes on top. */
    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fs) {
      FileBasedConfig config = new InMemory(parent, fs, resolution);
      config.setBoolean("core", null, "fsyncObjectFiles", true);
      config.setBoolean("core", null, "fsyncRefFiles", true);
      config.setBoolean("receive", null, "autogc", false);
      config.setBoolean("receive", null, "fsckObjects", true);
      config.setBoolean("receive", null, "advertisePushOptions", true);
      config.setBoolean("receive", null, "advertiseAtomic", true);
      config.setBoolean("uploadpack", null, "allowFilter", true);
      config.setBoolean("uploadpack", null, "allowAnySHA1InWant", true);
      config.setInt("pack", null, "threads", 1);
      return config;
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fs) {
      return new InMemory(parent, fs, resolution);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fs) {
      return new InMemory(parent, fs, resolution);
    }
  }

  /** A configuration without a file that knows the resolution of every file system. */
  private static final class InMemory extends FileBasedConfig {
    private final Duration resolution;

    InMemory(Config parent, FS fs, Duration resolution) {
      super(parent, null, fs);
      this.resolution = resolution;
    }

    @Override
    public long getTimeUnit(
        String section, String subsection, String name, long defaultValue, TimeUnit unit) {
      return section.equals("filesystem")
          ? unit.convert(resolution)
          : super.getTimeUnit(section, subsection, name, defaultValue, unit);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
