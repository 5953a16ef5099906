package io.mooring.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.testkit.TestkitException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildProcessTest {
  private static final Duration BOUND = Duration.ofSeconds(20);

  @TempDir Path directory;

  @Test
  void writesOutputToALogNamedLikeTheServer() {
    try (var server = start("echo up; exec sleep 60")) {
      server.await("up", BOUND, () -> server.tail().contains("up"));

      assertThat(server.log()).isEqualTo(directory.resolve("server.log")).hasContent("up");
      assertThat(server.isAlive()).isTrue();
    }
  }

  @Test
  void reportsAnEarlyEndWithTheLog() {
    try (var server = start("echo no licence found >&2; exit 7")) {
      assertThatThrownBy(() -> server.await("up", BOUND, () -> false))
          .isInstanceOf(TestkitException.class)
          .hasMessageContaining("server ended with exit code 7 before up")
          .hasMessageContaining("no licence found");
    }
  }

  @Test
  void reportsWhatDidNotComeInTime() {
    try (var server = start("exec sleep 60")) {
      assertThatThrownBy(() -> server.await("up", Duration.ofMillis(50), () -> false))
          .isInstanceOf(TestkitException.class)
          .hasMessageContaining("not up within");
    }
  }

  @Test
  void endsInOrderWhenClosed() {
    var server =
        start("trap 'echo stopping; exit 0' TERM; echo up; while true; do sleep 0.05; done");
    server.await("up", BOUND, () -> server.tail().contains("up"));

    server.close();

    assertThat(server.isAlive()).isFalse();
    assertThat(server.tail()).endsWith("stopping");
  }

  @Test
  void hasASessionOfItsOwnSoThatTheTerminalsInterruptDoesNotReachIt() throws Exception {
    try (var server = start("echo up; exec sleep 60")) {
      server.await("up", BOUND, () -> server.tail().contains("up"));

      String[] stat = Files.readString(Path.of("/proc/" + server.pid() + "/stat")).split(" ", -1);
      int sessionColumn = 5;
      assertThat(stat[sessionColumn]).isEqualTo(Long.toString(server.pid()));
    }
  }

  private ChildProcess start(String script) {
    return ChildProcess.start("server", directory, Map.of(), List.of("sh", "-c", script));
  }
}
