package io.mooring.allinone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files of a complete installation with a deployed sample, and the cluster it deploys to, with
 * no program running: for starting each program on its own.
 */
public final class Installation implements AutoCloseable {

  private final StateDirectory state;
  private final Cluster.Local cluster;
  private final StackFiles files;

  private Installation(StateDirectory state, Cluster.Local cluster, StackFiles files) {
    this.state = state;
    this.cluster = cluster;
    this.files = files;
  }

  /** Lets a stack deploy the sample once, then stops it and keeps its files until closed. */
  public static Installation prepare(Progress progress) throws IOException, InterruptedException {
    StateDirectory state = StateDirectory.temporary();
    Cluster.Local cluster = Cluster.Local.start(state.path("cluster"), false);
    try {
      StackFiles used;
      try (Stack stack =
          Stack.start(
              Stack.Options.of(Optional.of(cluster.kubeconfig()), Optional.of(state.path("stack"))),
              progress)) {
        stack.deploySample(progress);
        used = stack.files();
      }
      return new Installation(state, cluster, used.withoutRelay());
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      state.close();
      throw e;
    }
  }

  /** The configuration file of gitaly. */
  public Path gitaly() throws IOException {
    return files.gitaly();
  }

  /** The configuration file of the GitLab application. */
  public Path gitlab() throws IOException {
    return files.gitlab();
  }

  /** The configuration file of kas. */
  public Path kas() throws IOException {
    return files.kas(0);
  }

  /** The command line of agentk, without the program. */
  public List<String> agentkArguments() {
    return List.of(
        "--kas-address",
        files.front().agents().toString(),
        "--token-file",
        files.state().path("agent-token").toString(),
        "--kubeconfig",
        cluster.kubeconfig().toString(),
        "--observability-listen-address",
        "127.0.0.1:0");
  }

  /** The environment of agentk; harmless for the other programs. */
  public Map<String, String> environment() {
    return Map.of("POD_NAMESPACE", "default", "POD_NAME", "quickstart");
  }

  /** Deletes a directory with all it holds. */
  public static void delete(Path directory) throws IOException {
    StateDirectory.delete(directory);
  }

  @Override
  public void close() throws IOException {
    cluster.close();
    state.close();
  }
}
