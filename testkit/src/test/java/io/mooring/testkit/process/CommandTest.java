package io.mooring.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.testkit.TestkitException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CommandTest {
  @Test
  void keepsOutputErrorAndExitCodeApart() {
    var output = Command.of("sh", "-c", "echo out; echo err >&2; exit 3").run();

    assertThat(output.stdout()).isEqualTo("out\n");
    assertThat(output.stderr()).isEqualTo("err\n");
    assertThat(output.exitCode()).isEqualTo(3);
    assertThatThrownBy(output::orThrow)
        .isInstanceOf(TestkitException.class)
        .hasMessageContaining("exited with 3")
        .hasMessageContaining("err");
  }

  @Test
  void givesNothingOfTheEnvironmentButThePath() {
    var output = Command.of("env").withVariable("A", "1").output();

    assertThat(output.lines().map(line -> line.replaceFirst("=.*", "")))
        .containsExactlyInAnyOrder("PATH", "A");
  }

  @Test
  void passesStandardInput() {
    assertThat(Command.of("cat").withInput("täxt").output()).isEqualTo("täxt");
  }

  @Test
  void killsWhatRunsTooLong() {
    var hanging =
        Command.of("sh", "-c", "echo begun; exec sleep 60").withBound(Duration.ofMillis(300));

    assertThatThrownBy(hanging::run)
        .isInstanceOf(TestkitException.class)
        .hasMessageContaining("killed after")
        .hasMessageContaining("begun");
  }

  @Test
  void tellsWhatCannotBeStarted() {
    assertThatThrownBy(() -> Command.of("/nonexistent/program").run())
        .isInstanceOf(TestkitException.class)
        .hasMessage("cannot start: /nonexistent/program");
  }
}
