package io.mooring.testkit.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.testkit.TestkitException;
import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SetupTest {
  private static final String[] TOOLS = {
    "dirname", "date", "cat", "mkdir", "flock", "apt-get", "stat", "grep", "sed"
  };

  @TempDir Path directory;

  private Command setup = Command.of("");

  @BeforeEach
  void prepare() {
    setup =
        Command.of("bash", Setup.checkout().resolve("scripts/setup").toString())
            .withVariable("HOME", directory.toString())
            .withVariable("MOORING_CACHE", directory.resolve("cache").toString());
  }

  @Test
  void saysNothingWhenAllIsThere() {
    var output = setup.with(List.of("git", "openssl")).run().orThrow();

    assertThat(output.stdout() + output.stderr()).isEmpty();
  }

  @Test
  void namesThePackageOfWhatIsMissingWhereItMayNotInstall() throws Exception {
    // A machine without redis-server, and a user who is not root.
    Path tools = Files.createDirectory(directory.resolve("bin"));
    for (String tool : TOOLS) {
      Path found = Command.find(tool).orElseThrow();
      program(tools.resolve(tool), "exec " + found + " \"$@\"");
    }
    program(tools.resolve("id"), "echo 1000");

    var output = setup.with(List.of("redis")).withVariable("PATH", tools.toString()).run();

    assertThat(output.exitCode()).isEqualTo(1);
    assertThat(output.stderr())
        .contains("Missing packages: redis-server", "as root: apt-get install");
  }

  @Test
  void refusesAFolderOfBinariesThatHoldsNone() {
    var output =
        setup
            .with(List.of("kubernetes"))
            .withVariable("KUBEBUILDER_ASSETS", directory.toString())
            .run();

    assertThat(output.exitCode()).isEqualTo(1);
    assertThat(output.stderr()).contains("KUBEBUILDER_ASSETS=" + directory, "holds no etcd");
  }

  @Test
  void waitsForAnotherSetup() throws Exception {
    Path cache = Files.createDirectories(directory.resolve("cache"));
    var held =
        new ProcessBuilder(
                "flock", cache.resolve("setup.lock").toString(), "sh", "-c", "echo held; cat")
            .start();
    try (var output = held.inputReader()) {
      assertThat(output.readLine()).isEqualTo("held");

      // The cache is empty, so that there is something to build.
      var waiting = setup.with(List.of("kubernetes")).withBound(Duration.ofSeconds(2));

      assertThatThrownBy(waiting::run)
          .isInstanceOf(TestkitException.class)
          .hasMessageContaining("another setup runs; waiting for it");
    } finally {
      held.destroy();
    }
  }

  private static void program(Path file, String command) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + command + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
