package io.mooring.testkit.postgres;

import io.mooring.testkit.TestkitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ends a PostgreSQL whose JVM is gone. The server is no child of ours (pg_ctl starts it), so a
 * shell waits on a pipe that the kernel closes when this JVM ends in whatever way, and then stops
 * the server, if that process still is the one that runs in the data directory.
 */
final class PostgresWatchdog implements AutoCloseable {
  private static final long END_BOUND_SECONDS = 10;
  private static final String SCRIPT =
      """
      read -r _
      if [ "$(readlink "/proc/$1/cwd")" = "$2" ]; then
        kill -QUIT "$1"
        while [ -d "/proc/$1" ]; do sleep 0.1; done
        rm -rf "$2"
      fi
      """;

  private final Process shell;

  private PostgresWatchdog(Process shell) {
    this.shell = shell;
  }

  static PostgresWatchdog over(Path data) {
    try {
      String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip();
      var command = List.of("setsid", "sh", "-c", SCRIPT, "sh", pid, data.toRealPath().toString());
      return new PostgresWatchdog(
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new TestkitException("cannot watch over PostgreSQL in " + data, e);
    }
  }

  /** Lets the shell end; a server that still runs is stopped. */
  @Override
  public void close() {
    try {
      shell.getOutputStream().close();
      shell.waitFor(END_BOUND_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new TestkitException("cannot end the watchdog of PostgreSQL", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
