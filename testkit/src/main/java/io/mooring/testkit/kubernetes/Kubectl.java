package io.mooring.testkit.kubernetes;

import io.mooring.testkit.TestkitException;
import io.mooring.testkit.process.Command;
import io.mooring.testkit.setup.Setup;
import java.nio.file.Path;
import java.util.List;

/**
 * The real kubectl with one kubeconfig and nothing of the developer's own settings.
 *
 * @param kubeconfig the file; kubectl keeps its discovery cache beside it
 */
public record Kubectl(Path kubeconfig) {
  /**
   * Runs to success and returns standard output.
   *
   * @throws TestkitException with all the output, when kubectl fails
   */
  public String run(String... arguments) {
    return command(arguments).output();
  }

  /** Applies a manifest from standard input and returns standard output. */
  public String apply(String manifest) {
    return command("apply", "-f", "-").withInput(manifest).output();
  }

  /** The command, not yet run: for an own input or bound, or an expected failure. */
  public Command command(String... arguments) {
    Setup.provide("kubectl", "kubectl");
    return Command.of("kubectl")
        .with(List.of(arguments))
        .withVariable("KUBECONFIG", kubeconfig.toString())
        .withVariable(
            "HOME", kubeconfig.toAbsolutePath().resolveSibling("kubectl-home").toString());
  }
}
