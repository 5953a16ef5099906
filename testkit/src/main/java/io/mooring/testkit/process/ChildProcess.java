package io.mooring.testkit.process;

import io.mooring.testkit.TestkitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A server that runs beside this JVM and never outlives it: it has its own session, so that Ctrl-C
 * in a terminal reaches only us and the order of the end is ours, and the kernel kills it when this
 * JVM dies, even by {@code kill -9}. May be used from any thread.
 */
public final class ChildProcess implements AutoCloseable {
  /** What an orderly end may take before the process is killed. */
  private static final Duration STOP_BOUND = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(20);
  private static final int TAIL_LINES = 20;

  /**
   * The kernel's parent-death signal comes when the thread that started the child ends, not the
   * process. This thread never ends before the JVM does.
   */
  private static final ExecutorService STARTER =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().daemon().name("testkit-process-starter").unstarted(task));

  private final String name;
  private final Process process;
  private final Path log;

  private ChildProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a server; its output goes to {@code <directory>/<name>.log}, appended.
   *
   * @param environment all of its environment but {@code PATH}
   * @throws TestkitException when the program cannot be started
   */
  public static ChildProcess start(
      String name, Path directory, Map<String, String> environment, List<String> command) {
    var words = new ArrayList<String>();
    if (Command.find("setsid").isPresent() && Command.find("setpriv").isPresent()) {
      words.addAll(List.of("setsid", "setpriv", "--pdeathsig", "KILL", "--"));
    }
    words.addAll(command);
    Path log = directory.resolve(name + ".log");
    var builder =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            // Not redirectErrorStream: that keeps a pipe open on our side.
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    builder.environment().putAll(environment);
    try {
      return new ChildProcess(name, STARTER.submit(builder::start).get(), log);
    } catch (ExecutionException e) {
      throw new TestkitException("cannot start " + name + ": " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TestkitException("interrupted while starting " + name, e);
    }
  }

  /** The process number, for tests of what the system sees. */
  public long pid() {
    return process.pid();
  }

  /** Whether it still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Where its output goes. */
  public Path log() {
    return log;
  }

  /**
   * Waits until the condition holds.
   *
   * @param what the condition in words, for the message
   * @throws TestkitException with the end of the log, when the process ends first or time is up
   */
  public void await(String what, Duration bound, BooleanSupplier condition) {
    long deadline = System.nanoTime() + bound.toNanos();
    while (!condition.getAsBoolean()) {
      if (exited(POLL)) {
        throw new TestkitException(
            "%s ended with exit code %d before %s; the end of %s:%n%s"
                .formatted(name, process.exitValue(), what, log, tail()));
      }
      if (System.nanoTime() > deadline) {
        throw new TestkitException(
            "%s: not %s within %d s; the end of %s:%n%s"
                .formatted(name, what, bound.toSeconds(), log, tail()));
      }
    }
  }

  /** The last lines of its output. */
  public String tail() {
    try {
      var lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(cannot read it: " + e + ")";
    }
  }

  /** Stops every thread of the process where it is, as an unresponsive server looks. */
  public void pause() {
    Command.of("kill", "-STOP", Long.toString(pid())).run().orThrow();
  }

  /** Lets a paused process run on. */
  public void resume() {
    Command.of("kill", "-CONT", Long.toString(pid())).run().orThrow();
  }

  /** Ends it at once, without a chance to clean up. */
  public void kill() {
    process.destroyForcibly();
    exited(STOP_BOUND);
  }

  /** Ends it in order; kills it when that takes longer than ten seconds. Does nothing twice. */
  @Override
  public void close() {
    process.destroy();
    if (!exited(STOP_BOUND)) {
      kill();
    }
  }

  private boolean exited(Duration bound) {
    try {
      return process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // A server must not stay because a test was interrupted.
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new TestkitException("interrupted while waiting for " + name, e);
    }
  }
}
