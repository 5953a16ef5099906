package io.mooring.allinone;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Steps of a check, one line each; the first that fails ends it. Used by one thread. */
final class Checklist {

  /** Longest wait for anything; far above what a busy machine needs. */
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final Progress progress;
  private int passed;

  Checklist(Progress progress) {
    this.progress = progress;
  }

  /** A check that failed, with what was seen instead. */
  static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    FailedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** One thing to try and to look at. */
  @FunctionalInterface
  interface Step {
    /** What the line says after "ok". Throws when what should be is not. */
    String run() throws IOException, InterruptedException;
  }

  /** Something that becomes so. */
  @FunctionalInterface
  interface Look {
    boolean isSo() throws IOException, InterruptedException;
  }

  /** Takes a step and prints its line. */
  void step(String name, Step step) throws FailedException, InterruptedException {
    try {
      String detail = step.run();
      passed++;
      progress.say("ok    %s%s", name, detail.isEmpty() ? "" : ": " + detail);
    } catch (IOException | RuntimeException e) {
      progress.say("FAIL  %s: %s", name, String.valueOf(e.getMessage()));
      throw new FailedException(name, e);
    }
  }

  /** Says what could not be tried, and why. */
  void skip(String name, String reason) {
    progress.say("skip  %s: %s", name, reason);
  }

  int passed() {
    return passed;
  }

  /** Waits until it is so; throws when it is not within {@link #LIMIT}. */
  static void await(String what, Look look) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!look.isSo()) {
      if (System.nanoTime() > end) {
        throw new IOException("waited %d s for %s".formatted(LIMIT.toSeconds(), what));
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  /** Throws when something else was seen than expected. */
  static void require(String expected, String seen) throws IOException {
    if (!expected.equals(seen)) {
      throw new IOException("saw \"%s\" (expected: \"%s\")".formatted(seen, expected));
    }
  }

  /** Throws when the text was not in what was seen. */
  static void requirePart(String expected, String seen) throws IOException {
    if (!seen.contains(expected)) {
      throw new IOException("saw \"%s\" (expected: with \"%s\")".formatted(seen, expected));
    }
  }

  static String seconds(Duration duration) {
    return String.format(
        Locale.ROOT, "%.2f s", duration.toNanos() / (double) TimeUnit.SECONDS.toNanos(1));
  }
}
