package io.mooring.testkit.setup;

import io.mooring.testkit.TestkitException;
import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The project's {@code scripts/setup} and the cache it fills. */
public final class Setup {
  /** A build of kube-apiserver from source takes up to five minutes on two cores. */
  private static final long BOUND_MINUTES = 30;

  private Setup() {}

  /**
   * The cache outside the checkout: {@code MOORING_CACHE}, else {@code XDG_CACHE_HOME/mooring},
   * else {@code ~/.cache/mooring}.
   */
  public static Path cache() {
    String named = System.getenv("MOORING_CACHE");
    if (named != null && !named.isEmpty()) {
      return Path.of(named);
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    if (xdg != null && !xdg.isEmpty()) {
      return Path.of(xdg, "mooring");
    }
    return Path.of(System.getProperty("user.home"), ".cache", "mooring");
  }

  /**
   * Runs {@code scripts/setup} with these arguments; its progress goes to our standard error.
   *
   * @throws TestkitException when there is no checkout around the working directory, or the script
   *     fails; what is missing stands on standard error
   */
  public static void run(String... arguments) {
    Path script = checkout().resolve("scripts/setup");
    var command = new ArrayList<String>(List.of("bash", script.toString()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (!process.waitFor(BOUND_MINUTES, TimeUnit.MINUTES)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new TestkitException(command + " did not end within " + BOUND_MINUTES + " minutes");
      }
      if (process.exitValue() != 0) {
        throw new TestkitException(
            "%s exited with %d; run it by hand and do what it says"
                .formatted(String.join(" ", command), process.exitValue()));
      }
    } catch (IOException e) {
      throw new TestkitException("cannot start " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestkitException("interrupted while this ran: " + command, e);
    }
  }

  /**
   * Runs {@code scripts/setup} for a program that is not on {@code PATH} yet.
   *
   * @param program such as {@code redis-server}
   * @param part what the script calls it, such as {@code redis}
   */
  public static void provide(String program, String part) {
    if (Command.find(program).isEmpty()) {
      run(part);
    }
  }

  /** The checkout that the working directory lies in. */
  static Path checkout() {
    for (@Nullable Path place = Path.of("").toAbsolutePath();
        place != null;
        place = place.getParent()) {
      if (Files.isRegularFile(place.resolve("scripts/setup"))) {
        return place;
      }
    }
    throw new TestkitException(
        "no scripts/setup in or above "
            + Path.of("").toAbsolutePath()
            + "; start from within a checkout of mooring");
  }
}
