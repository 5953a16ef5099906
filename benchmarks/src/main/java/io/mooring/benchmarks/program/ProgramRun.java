package io.mooring.benchmarks.program;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One program started on its own through {@code bin/}, as an operator would. Ready is the moment a
 * line with a given text stands on its stderr.
 */
public final class ProgramRun implements AutoCloseable {

  private static final Duration READY_LIMIT = Duration.ofSeconds(90);

  /** An AOT cache is written at the end of a training run. */
  private static final Duration STOP_LIMIT = Duration.ofMinutes(3);

  private static final int KEPT_LINES = 20;

  private final Process process;
  private final long startedNanos;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final Deque<String> lines = new ConcurrentLinkedDeque<>();
  private volatile long readyNanos;

  private ProgramRun(Process process, long startedNanos) {
    this.process = process;
    this.startedNanos = startedNanos;
  }

  /**
   * Starts a program; what it writes to stdout is lost.
   *
   * @param root its working directory
   * @param environment added to ours
   * @param readyText part of the line that says it is ready
   */
  public static ProgramRun start(
      Path root, List<String> command, Map<String, String> environment, String readyText)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
    builder.environment().putAll(environment);
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    long begin = System.nanoTime();
    ProgramRun run = new ProgramRun(builder.start(), begin);
    Thread.ofVirtual().name("stderr").start(() -> run.read(readyText));
    return run;
  }

  /** From the start of the process to ready, in milliseconds. */
  public double awaitReady() throws IOException, InterruptedException {
    if (!ready.await(READY_LIMIT.toSeconds(), TimeUnit.SECONDS) || readyNanos == 0) {
      throw new IOException(
          "not ready within %d s; its last lines: %s".formatted(READY_LIMIT.toSeconds(), lines));
    }
    return (readyNanos - startedNanos) / 1e6;
  }

  /** Its memory and computing time of now. */
  public ProcessFigures figures() throws IOException {
    return ProcessFigures.of(process.pid());
  }

  /** The process number. */
  public long pid() {
    return process.pid();
  }

  /** Ends it at once, as a crash does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Asks the program to stop and waits until it has. */
  @Override
  public void close() throws IOException {
    // Not Process.destroy(): that closes the pipe on which a training run tells of its cache.
    process.toHandle().destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("did not stop within %d s".formatted(STOP_LIMIT.toSeconds()));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void read(String readyText) {
    try (BufferedReader stderr = process.errorReader()) {
      for (String line = stderr.readLine(); line != null; line = stderr.readLine()) {
        if (ready.getCount() > 0 && line.contains(readyText)) {
          readyNanos = System.nanoTime();
          ready.countDown();
        }
        lines.add(line);
        if (lines.size() > KEPT_LINES) {
          lines.removeFirst();
        }
      }
    } catch (IOException ended) {
      // The process ended; whoever waits is told by the time limit or the missing line.
    } finally {
      ready.countDown();
    }
  }
}
