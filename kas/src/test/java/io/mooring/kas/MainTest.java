package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  @Tag("wire-13")
  @Tag("fault-62")
  void runsUntilASignalAndEndsWithSuccess() throws Exception {
    KasFixture.configuration(
        directory,
        URI.create("http://127.0.0.1:1"),
        "{address: '127.0.0.1:0', listen_grace_period: 0.3s}\n  remote_development: {}",
        "");
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(
                command("--configuration-file", directory.resolve("kas.yaml").toString()))
            .redirectError(log.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      await().atMost(LIMIT).until(() -> Files.readString(log).contains("kas is ready"));

      process.destroy();
      process.destroy();

      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isZero();
    assertThat(Files.readAllLines(log))
        .as("one JSON object a line, a constant message first of all")
        .allMatch(line -> line.startsWith("{\"level\":\"") && line.endsWith("}"))
        .anyMatch(line -> line.contains("\"net_address\":\"") && line.contains("agentServer"))
        .anyMatch(line -> line.contains("agent.remote_development: has no effect"))
        .anyMatch(line -> line.contains("kas has stopped"));
  }

  @Test
  @Tag("fault-66")
  void saysWhereTheConfigurationIsWrong() throws Exception {
    Path file = Files.writeString(directory.resolve("kas.yaml"), "gitlab:\n  adress: x\n");

    Command.Output output = run("--configuration-file", file.toString());

    assertThat(output.exitCode()).isEqualTo(1);
    assertThat(output.stderr())
        .startsWith("Program aborted: ")
        .contains("kas.yaml:2:3: ")
        .contains("adress");
    assertThat(output.stdout()).isEmpty();
  }

  @Test
  void asksForItsOption() {
    Command.Output output = run();

    assertThat(output.exitCode()).isEqualTo(2);
    assertThat(output.stderr()).contains("--configuration-file");
  }

  @Test
  void tellsItsVersion() {
    Command.Output output = run("--version");

    assertThat(output.exitCode()).isZero();
    assertThat(output.stdout())
        .isEqualTo("kas version v0.0.0, commit: 00000000, built: 00000000.000000\n");
  }

  private Command.Output run(String... arguments) {
    try {
      return Command.of(command(arguments)).withBound(LIMIT).run();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot prepare the command", e);
    }
  }

  private List<String> command(String... arguments) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    // In a file, because it is longer than some systems allow a command to be.
    Path options = Files.writeString(directory.resolve("options"), "-cp \"" + classPath + "\"\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "@" + options,
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
