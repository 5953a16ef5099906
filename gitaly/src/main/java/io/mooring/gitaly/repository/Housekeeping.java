package io.mooring.gitaly.repository;

import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.storage.Location;
import io.mooring.gitaly.storage.Repositories;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.GC;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs repositories anew when pushes have left many packs or loose objects in them (Git's own
 * limits: 50 and 6,700). One repository at a time, on one virtual thread, beside the calls; an
 * object that a push just brought is kept.
 */
public final class Housekeeping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  /**
   * Repositories that wait; a repository that is not looked at now is looked at after its next
   * push.
   */
  static final int MAX_WAITING = 1000;

  /** Memory of the search for deltas. */
  private static final long SEARCH_MEMORY = 16 << 20;

  /**
   * A pack of this age belongs to no push that is still under way, so it may go when a new one
   * holds its objects.
   */
  static final Duration PACK_REST = Duration.ofMinutes(10);

  private final Repositories repositories;
  private final InstantSource clock;
  private final Map<Location, Instant> packed = new LinkedHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LinkedHashSet<Location> waiting = new LinkedHashSet<>();
  private volatile boolean stopping;
  private @Nullable Thread thread;

  /** Keeps these repositories. */
  public Housekeeping(Repositories repositories, InstantSource clock) {
    this.repositories = repositories;
    this.clock = clock;
  }

  /** Starts the work in the background. */
  public void start() {
    thread = Thread.ofVirtual().name("gitaly-housekeeping").start(this::run);
  }

  /** Says that a repository got objects, so that it may need attention. Returns at once. */
  public void changed(Location location) {
    lock.lock();
    try {
      if (waiting.size() < MAX_WAITING) {
        waiting.add(location);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      stopping = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Thread running = thread;
    if (running != null) {
      try {
        running.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Packs a repository anew if it needs it, at most once in {@link #PACK_REST}: packs that are
   * younger stay, so packing again would change nothing.
   *
   * @return whether the work ended; false when the server is stopping
   */
  boolean keep(Location location) throws IOException {
    Instant now = clock.instant();
    packed.values().removeIf(last -> last.plus(PACK_REST).isBefore(now));
    if (packed.containsKey(location)) {
      return true;
    }
    try (Repository repository = repositories.open(location)) {
      if (!(repository instanceof FileRepository files)) {
        return true;
      }
      var gc = new GC(files);
      gc.setAuto(true);
      gc.setPackConfig(packing(repository));
      gc.setProgressMonitor(new UntilStopped());
      gc.setPackExpireAgeMillis(PACK_REST.toMillis());
      if (!gc.gc().get().isEmpty()) {
        packed.put(location, now);
      }
      return true;
    } catch (ParseException e) {
      throw new IOException("the repository's configuration of gc cannot be read", e);
    } catch (ExecutionException | GitAPIException e) {
      throw new IOException("the repository cannot be packed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static PackConfig packing(Repository repository) {
    var config = new PackConfig(repository);
    config.setThreads(1);
    config.setDeltaSearchMemoryLimit(SEARCH_MEMORY);
    return config;
  }

  private void run() {
    for (Optional<Location> next = take(); next.isPresent(); next = take()) {
      try {
        keep(next.get());
      } catch (GitalyFailure e) {
        LOG.atDebug()
            .addKeyValue("relative_path", next.get().relativePath())
            .log("Repository is gone");
      } catch (IOException | RuntimeException e) {
        if (!stopping) {
          LOG.atWarn()
              .setCause(e)
              .addKeyValue("relative_path", next.get().relativePath())
              .log("Repository cannot be packed; it works on, more slowly");
        }
      }
    }
  }

  private Optional<Location> take() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !stopping) {
        changed.await();
      }
      return stopping ? Optional.empty() : Optional.of(waiting.removeFirst());
    } catch (InterruptedException e) {
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private final class UntilStopped extends EmptyProgressMonitor {
    @Override
    public boolean isCancelled() {
      return stopping;
    }
  }
}
