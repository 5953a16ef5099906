package io.mooring.allinone;

import io.mooring.testkit.process.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A real kubectl that goes on until it is closed, and the lines it prints.
 *
 * <p>One process and one virtual thread, both ended by {@link #close()}. Awaited by one thread.
 */
final class KubectlOutput implements AutoCloseable {

  private static final int MAX_LINES = 10_000; // more than any check prints

  private final Process kubectl;
  private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>(MAX_LINES);

  /** What was printed, and when. */
  record Line(String text, Instant at) {}

  private KubectlOutput(Process kubectl) {
    this.kubectl = kubectl;
  }

  /** Starts kubectl with this kubeconfig; of its standard error nothing is kept. */
  static KubectlOutput start(Path kubeconfig, InstantSource clock, String... arguments)
      throws IOException {
    if (Command.find("kubectl").isEmpty()) {
      throw new IOException("no kubectl on PATH; on Debian: apt-get install kubernetes-client");
    }
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(Map.of("KUBECONFIG", kubeconfig.toString()));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    KubectlOutput output = new KubectlOutput(builder.start());
    Thread.ofVirtual().name("kubectl-output").start(() -> output.read(clock));
    return output;
  }

  /**
   * Waits for a line.
   *
   * @param what names the line in the message
   * @throws IOException when it did not come within {@code limit}; says what came last
   */
  Line await(String what, Predicate<String> wanted, Duration limit)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    String last = "nothing";
    while (true) {
      Line line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new IOException(
            "kubectl printed \"%s\" and then nothing more within %d s (expected: %s)"
                .formatted(last, limit.toSeconds(), what));
      }
      if (wanted.test(line.text())) {
        return line;
      }
      last = line.text();
    }
  }

  @Override
  public void close() {
    kubectl.destroy();
  }

  private void read(InstantSource clock) {
    try (BufferedReader out = kubectl.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (!lines.offer(new Line(line, clock.instant()))) {
          return;
        }
      }
    } catch (IOException closed) {
      // kubectl ended; whoever still waits is told by the time limit.
    }
  }
}
