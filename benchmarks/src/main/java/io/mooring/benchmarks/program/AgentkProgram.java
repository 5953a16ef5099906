package io.mooring.benchmarks.program;

import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts agentk in a process of its own. */
public final class AgentkProgram {
  private AgentkProgram() {}

  /**
   * Starts it and waits until it has its configuration.
   *
   * @param directory for its files
   * @param kas as of {@code --kas-address}
   */
  public static ProgramRun start(
      Path root, Path directory, String name, String kas, Secret token, String kubeconfig)
      throws IOException, InterruptedException {
    Path tokenFile = Files.writeString(directory.resolve(name + ".token"), token.text());
    Path kubeconfigFile = Files.writeString(directory.resolve(name + ".kubeconfig"), kubeconfig);
    ProgramRun run =
        ProgramRun.start(
            root,
            List.of(
                root.resolve("bin/agentk").toString(),
                "--kas-address",
                kas,
                "--token-file",
                tokenFile.toString(),
                "--kubeconfig",
                kubeconfigFile.toString(),
                "--observability-listen-address",
                "127.0.0.1:0"),
            Map.of("POD_NAMESPACE", "default", "POD_NAME", name),
            "\"Configuration applied\"");
    try {
      run.awaitReady();
    } catch (IOException | InterruptedException e) {
      run.close();
      throw e;
    }
    return run;
  }
}
