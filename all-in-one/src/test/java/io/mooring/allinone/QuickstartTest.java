package io.mooring.allinone;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.process.Command;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole product, as {@code ./quickstart --check} drives it. */
class QuickstartTest {

  @Test
  @Tag("wire-36")
  @Tag("wire-39")
  @Tag("fault-52")
  void everyCheckPassesAndNothingIsLeftBehind() throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Progress progress =
        new Progress(new PrintStream(shown, true, StandardCharsets.UTF_8), InstantSource.system());

    try (Stack stack =
        Stack.start(new Stack.Options(Optional.empty(), Optional.empty()), progress)) {
      FirstLook sample = FirstLook.register(stack, progress);
      sample.push(progress);
      new Check(stack, sample, progress).run();
    } catch (Check.FailedException e) {
      throw new AssertionError(shown.toString(StandardCharsets.UTF_8), e);
    }

    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("14 checks passed");
    assertThat(Command.find("kubectl")).isPresent();
  }
}
