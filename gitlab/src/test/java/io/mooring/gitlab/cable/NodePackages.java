package io.mooring.gitlab.cable;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Packages of npm in the project's cache, outside the checkout, installed once. */
final class NodePackages {
  private static final long INSTALL_SECONDS = 90;

  private NodePackages() {}

  /**
   * The folder to look for packages in, or the test is skipped.
   *
   * @param packages each with its version
   */
  static Path install(String... packages) throws IOException, InterruptedException {
    Assumptions.assumeTrue(runs("node", "--version"), "skipped: there is no node on this machine");
    String name = String.join("+", packages).replaceAll("[^A-Za-z0-9.+-]", "-");
    Path cache = cache().resolve("npm").resolve(name);
    Path installed = cache.resolve("installed");
    if (!Files.exists(installed)) {
      Assumptions.assumeTrue(runs("npm", "--version"), "skipped: there is no npm on this machine");
      Files.createDirectories(cache);
      var command =
          new ArrayList<>(
              List.of(
                  "npm",
                  "install",
                  "--prefix",
                  cache.toString(),
                  "--no-audit",
                  "--no-fund",
                  "--ignore-scripts"));
      command.addAll(List.of(packages));
      Assumptions.assumeTrue(
          runs(command.toArray(String[]::new)), "skipped: npm cannot install " + name);
      Files.writeString(installed, name);
    }
    return cache.resolve("node_modules");
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
}
