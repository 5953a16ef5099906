package io.mooring.protocol.websocket;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Assumptions;

/** A foreign WebSocket stack between TCP and our end: the npm package ws on Node. */
final class NodeBridge implements AutoCloseable {
  private static final String PACKAGE = "ws@8.18.3";
  private static final long INSTALL_SECONDS = 90;

  private final Process process;
  private final int port;

  private NodeBridge(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it, or skips the test.
   *
   * @param mode "server" takes WebSocket, "client" takes TCP
   */
  static NodeBridge start(String mode, int target, Path directory) throws Exception {
    Path modules = modules();
    Path script = directory.resolve("bridge.cjs");
    try (var in = NodeBridge.class.getResourceAsStream("bridge.cjs")) {
      Files.write(script, Objects.requireNonNull(in, "bridge.cjs").readAllBytes());
    }
    var builder =
        new ProcessBuilder("node", script.toString(), mode, String.valueOf(target))
            .redirectError(directory.resolve("node.log").toFile());
    builder.environment().put("NODE_PATH", modules.toString());
    Process process = builder.start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String port = out.readLine();
    if (port == null) {
      throw new AssertionError(Files.readString(directory.resolve("node.log")));
    }
    return new NodeBridge(process, Integer.parseInt(port.strip()));
  }

  /** Installs the package into the project's cache, once. */
  private static Path modules() throws IOException, InterruptedException {
    Assumptions.assumeTrue(runs("node", "--version"), "skipped: there is no node on this machine");
    Path cache = cache().resolve("npm").resolve(PACKAGE.replace('@', '-'));
    Path modules = cache.resolve("node_modules");
    if (!Files.exists(modules.resolve("ws").resolve("package.json"))) {
      Assumptions.assumeTrue(runs("npm", "--version"), "skipped: there is no npm on this machine");
      Files.createDirectories(cache);
      boolean installed =
          runs(
              "npm",
              "install",
              "--prefix",
              cache.toString(),
              "--no-audit",
              "--no-fund",
              "--ignore-scripts",
              PACKAGE);
      Assumptions.assumeTrue(installed, "skipped: npm cannot install " + PACKAGE);
    }
    return modules;
  }

  private static Path cache() {
    return Optional.ofNullable(System.getenv("MOORING_CACHE"))
        .map(Path::of)
        .or(() ->
            Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(home -> Path.of(home, "mooring")))
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "mooring"));
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .redirectErrorStream(true)
              .redirectOutput(new File("/dev/null"))
              .start();
      if (!process.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.onExit().get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
    }
  }
}
