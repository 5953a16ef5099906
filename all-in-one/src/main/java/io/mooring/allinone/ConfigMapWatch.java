package io.mooring.allinone;

import io.mooring.testkit.process.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * When a ConfigMap of the cluster takes a value, as the real {@code kubectl get --watch} shows it.
 *
 * <p>One kubectl and one virtual thread, both ended by {@link #close()}. Awaited by one thread.
 */
public final class ConfigMapWatch implements AutoCloseable {

  private static final int MAX_LINES = 10_000; // more changes than any check makes

  private final Process kubectl;
  private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>(MAX_LINES);

  private record Line(String value, Instant at) {}

  private ConfigMapWatch(Process kubectl) {
    this.kubectl = kubectl;
  }

  /** Watches the key {@code text} of the ConfigMap, which exists. */
  public static ConfigMapWatch start(
      Path kubeconfig, String namespace, String name, InstantSource clock) throws IOException {
    if (Command.find("kubectl").isEmpty()) {
      throw new IOException("no kubectl on PATH; on Debian: apt-get install kubernetes-client");
    }
    ProcessBuilder builder =
        new ProcessBuilder(
            "kubectl",
            "--namespace",
            namespace,
            "get",
            "configmap",
            name,
            "--watch",
            "-o",
            "jsonpath={.data.text}{\"\\n\"}");
    builder.environment().putAll(Map.of("KUBECONFIG", kubeconfig.toString()));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    ConfigMapWatch watch = new ConfigMapWatch(builder.start());
    Thread.ofVirtual().name("configmap-watch").start(() -> watch.read(clock));
    return watch;
  }

  /**
   * Waits until the value is {@code wanted}.
   *
   * @return when kubectl printed it
   * @throws IOException when it did not within {@code limit}
   */
  public Instant await(String wanted, Duration limit) throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Line line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new IOException(
            "the ConfigMap did not become \"%s\" within %d s".formatted(wanted, limit.toSeconds()));
      }
      if (line.value().equals(wanted)) {
        return line.at();
      }
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
