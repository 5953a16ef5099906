package io.mooring.allinone;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.kubernetes.LocalNode;
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
  @Tag("wire-62")
  @Tag("wire-67")
  @Tag("wire-73")
  @Tag("wire-74")
  @Tag("fault-24")
  @Tag("fault-52")
  void everyCheckPassesWithOneReplica() throws Exception {
    String shown = check(1);

    assertThat(shown).contains("ok    push to applied", "ok    kubectl apply", "checks passed");
    assertThat(shown).doesNotContain("FAIL  ");
    assertThat(shown).contains(podStep("kubectl exec"), podStep("kubectl cp"));
    assertThat(Command.find("kubectl")).isPresent();
  }

  @Test
  @Tag("wire-13")
  @Tag("wire-16")
  @Tag("wire-50")
  @Tag("fault-40")
  void everyCheckPassesWithThreeReplicasAndTheAgentOnOneOfThemOverWebSocket() throws Exception {
    String shown = check(3);

    assertThat(shown)
        .contains(
            "ok    each replica reaches the agent",
            "ok    replicas are restarted one by one under load",
            "checks passed");
    assertThat(shown).doesNotContain("FAIL  ");
  }

  /**
   * The line of a step that needs a node: taken where there can be one, else said to be skipped.
   */
  private static String podStep(String name) {
    return LocalNode.obstacle().isPresent() ? "skip  logs, exec, cp" : "ok    " + name;
  }

  private static String check(int replicas) throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Progress progress =
        new Progress(new PrintStream(shown, true, StandardCharsets.UTF_8), InstantSource.system());
    try (Stack stack =
        Stack.start(
            new Stack.Options(Optional.empty(), Optional.empty(), replicas, true), progress)) {
      FirstLook sample = FirstLook.register(stack, progress);
      sample.push(progress);
      new Check(stack, sample, progress).run();
    } catch (Checklist.FailedException e) {
      throw new AssertionError(shown.toString(StandardCharsets.UTF_8), e);
    }
    return shown.toString(StandardCharsets.UTF_8);
  }
}
