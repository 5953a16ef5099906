package io.mooring.agentk.kubernetes;

import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access to use now. Files it was made from are looked at again on another thread, so that
 * {@link #current} never waits; a token that a kubelet renews is old for a second, and valid for
 * minutes more. Any thread.
 */
public final class AccessSource {
  /** Between two looks at the files while requests come. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Between two times that credentials are got again because the API server refused them. */
  private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(AccessSource.class);

  private final KubernetesOptions options;
  private final Executor tasks;
  private final Timing timing;
  private final AtomicBoolean looking = new AtomicBoolean();
  private final AtomicLong lookedAt;
  private final AtomicLong askedAt;
  private volatile State state;

  /** What changes when a file does; a mounted Secret is replaced by switching a link. */
  private record Stamp(FileTime modified, long size, Optional<Object> identity) {}

  private record State(AccessSettings settings, Map<Path, Stamp> stamps) {}

  private AccessSource(
      KubernetesOptions options, AccessSettings settings, Executor tasks, Timing timing) {
    this.options = options;
    this.tasks = tasks;
    this.timing = timing;
    long now = timing.nanos().getAsLong();
    lookedAt = new AtomicLong(now);
    askedAt = new AtomicLong(now);
    state = new State(settings, stamps(settings.files()));
  }

  /**
   * Reads everything for the first time.
   *
   * @param tasks looks at files, and runs programs that give credentials
   * @throws SettingException when the options name nothing usable
   */
  public static AccessSource open(KubernetesOptions options, Executor tasks, Timing timing) {
    return new AccessSource(options, AccessSettings.read(options), tasks, timing);
  }

  /** What to use for a request that begins now. Does not block. */
  public ApiAccess current() {
    if (isDue(lookedAt, LOOK)) {
      look(false);
    }
    return state.settings().access();
  }

  /**
   * The API server answered 401 to the credentials: gets new ones, at most every ten seconds. Does
   * not block.
   */
  public void refused() {
    if (isDue(askedAt, ASK_AGAIN)) {
      look(true);
    }
  }

  private boolean isDue(AtomicLong last, Duration interval) {
    long then = last.get();
    long now = timing.nanos().getAsLong();
    return now - then >= interval.toNanos() && last.compareAndSet(then, now);
  }

  private void look(boolean always) {
    if (looking.compareAndSet(false, true)) {
      tasks.execute(() -> {
        try {
          renew(always);
        } finally {
          looking.set(false);
        }
      });
    }
  }

  private void renew(boolean always) {
    State before = state;
    Map<Path, Stamp> stamps = stamps(before.settings().files());
    if (!always && stamps.equals(before.stamps())) {
      return;
    }
    try {
      AccessSettings settings = AccessSettings.read(options).sharing(before.settings());
      // The stamps from before the files were read: a change in between is seen next time.
      state = new State(settings, stamps.keySet().equals(settings.files()) ? stamps : Map.of());
      LOG.atInfo()
          .addKeyValue("mod_name", "kubernetes_api")
          .log("Credentials for the API server were read again");
    } catch (SettingException e) {
      // Half a rotation: the other file comes within the next looks.
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("mod_name", "kubernetes_api")
          .log("Credentials for the API server cannot be read again, those before stay in use");
    }
  }

  private static Map<Path, Stamp> stamps(Set<Path> files) {
    Map<Path, Stamp> stamps = new HashMap<>();
    for (Path file : files) {
      try {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        stamps.put(
            file,
            new Stamp(
                attributes.lastModifiedTime(),
                attributes.size(),
                Optional.ofNullable(attributes.fileKey())));
      } catch (IOException e) {
        stamps.put(file, new Stamp(FileTime.fromMillis(0), -1, Optional.empty()));
      }
    }
    return stamps;
  }
}
