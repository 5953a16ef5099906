package io.mooring.testkit.process;

import io.mooring.testkit.TestkitException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A short command that is run to its end with its output captured. Immutable; each {@code with...}
 * returns a copy. The environment is empty but for {@code PATH} and what is added here, so that a
 * developer's own settings never decide a test.
 */
public final class Command {
  /** Long enough for a clone on a busy machine, short enough that a hang shows in a build. */
  private static final Duration DEFAULT_BOUND = Duration.ofMinutes(1);

  private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

  private final List<String> arguments;
  private final Path directory;
  private final Map<String, String> environment;
  private final byte[] input;
  private final Duration bound;

  private Command(
      List<String> arguments,
      Path directory,
      Map<String, String> environment,
      byte[] input,
      Duration bound) {
    this.arguments = List.copyOf(arguments);
    this.directory = directory;
    this.environment = Map.copyOf(environment);
    this.input = input;
    this.bound = bound;
  }

  /** The command with these words, in the working directory of this JVM. */
  public static Command of(String... words) {
    return of(List.of(words));
  }

  /** The command with these words, in the working directory of this JVM. */
  public static Command of(List<String> words) {
    return new Command(words, Path.of(""), Map.of(), new byte[0], DEFAULT_BOUND);
  }

  /** Where an executable of this name lies on {@code PATH}; empty when there is none. */
  public static Optional<Path> find(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** With these words at the end. */
  public Command with(List<String> words) {
    var all = Stream.concat(arguments.stream(), words.stream()).toList();
    return new Command(all, directory, environment, input, bound);
  }

  /** Run in this directory. */
  public Command withDirectory(Path place) {
    return new Command(arguments, place, environment, input, bound);
  }

  /** With one more environment variable. */
  public Command withVariable(String name, String value) {
    var all = new LinkedHashMap<>(environment);
    all.put(name, value);
    return new Command(arguments, directory, all, input, bound);
  }

  /** With this text, in UTF-8, as standard input. */
  public Command withInput(String text) {
    return withInput(text.getBytes(StandardCharsets.UTF_8));
  }

  /** With these bytes as standard input. */
  public Command withInput(byte[] bytes) {
    return new Command(arguments, directory, environment, bytes.clone(), bound);
  }

  /** Killed when it runs longer than this; one minute when not said. */
  public Command withBound(Duration longest) {
    return new Command(arguments, directory, environment, input, longest);
  }

  /**
   * Runs to the end, whatever the exit code.
   *
   * @throws TestkitException when it cannot be started or exceeds its bound
   */
  public Output run() {
    Process process = start();
    var stdout = CompletableFuture.supplyAsync(() -> read(process.getInputStream()), VIRTUAL);
    var stderr = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), VIRTUAL);
    feed(process);
    try {
      boolean ended = process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        end(process);
      }
      var output = new Output(arguments, process.waitFor(), stdout.join(), stderr.join());
      if (!ended) {
        throw new TestkitException("killed after " + bound.toSeconds() + " s: " + output);
      }
      return output;
    } catch (InterruptedException e) {
      end(process);
      Thread.currentThread().interrupt();
      throw new TestkitException("interrupted while this ran: " + String.join(" ", arguments), e);
    }
  }

  /**
   * Runs to the end and returns standard output.
   *
   * @throws TestkitException when the exit code is not 0, with all the output
   */
  public String output() {
    return run().orThrow().stdout();
  }

  private Process start() {
    var builder = new ProcessBuilder(arguments).directory(directory.toAbsolutePath().toFile());
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new TestkitException("cannot start: " + String.join(" ", arguments), e);
    }
  }

  private void feed(Process process) {
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException ignored) {
      // The command ended without reading all of its input; its exit code tells the rest.
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static String read(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a command left. */
  public record Output(List<String> command, int exitCode, String stdout, String stderr) {
    /**
     * This, when the exit code is 0.
     *
     * @throws TestkitException with all the output, when it is not
     */
    public Output orThrow() {
      if (exitCode != 0) {
        throw new TestkitException(toString());
      }
      return this;
    }

    @Override
    public String toString() {
      return "`%s` exited with %d%n%s%s"
          .formatted(String.join(" ", command), exitCode, stdout, stderr);
    }
  }
}
