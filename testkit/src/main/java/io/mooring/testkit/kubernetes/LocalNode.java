package io.mooring.testkit.kubernetes;

import com.google.gson.JsonElement;
import io.mooring.testkit.TestkitException;
import io.mooring.testkit.process.ChildProcess;
import io.mooring.testkit.process.Command;
import io.mooring.testkit.process.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * One real node of a {@link LocalCluster}: containerd, runc, kubelet and scheduler, in namespaces
 * of their own that end with it. Ready in about ten seconds. Needs root, cgroup v1 and what {@code
 * scripts/setup --node} installs; {@link #obstacle()} tells beforehand. May be used from any
 * thread.
 */
public final class LocalNode implements AutoCloseable {
  /** The only image of the node: busybox, with all its applets in {@code /bin}. */
  public static final String IMAGE = "docker.io/local/busybox:1";

  /** The name of the node. */
  public static final String NAME = "localhost";

  private static final Duration READY_BOUND = Duration.ofMinutes(2);
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  private final Path directory;
  private final NodeIdentity identity;
  private final ChildProcess scheduler;
  private final ChildProcess node;

  private LocalNode(LocalCluster cluster, Path directory) {
    this.directory = directory;
    this.identity = NodeIdentity.ofThisProcess();
    var binaries = cluster.binaries();
    NodeFiles.write(directory, cluster, identity);
    this.scheduler =
        ChildProcess.start("kube-scheduler", directory, Map.of(), schedulerCommand(binaries));
    this.node =
        ChildProcess.start(
            "node",
            directory,
            Map.of(),
            List.of(
                "unshare",
                "--mount",
                "--cgroup",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "bash",
                directory.resolve("node.sh").toString(),
                directory.toString(),
                identity.cgroup(),
                binaries.kubelet().toString(),
                BUSYBOX.toString()));
  }

  /**
   * Starts a node and waits until it is ready.
   *
   * @throws TestkitException when there is an {@link #obstacle()}, or the node does not become
   *     ready
   */
  public static LocalNode start(LocalCluster cluster) {
    obstacle()
        .ifPresent(reason -> {
          throw new TestkitException(reason);
        });
    NodeIdentity.removeLeftovers();
    var node = new LocalNode(cluster, Workspace.create("node"));
    try {
      node.node.await("ready", READY_BOUND, () -> isReady(cluster.apiServer()));
      return node;
    } catch (TestkitException e) {
      String kubelet = node.kubeletErrors();
      node.close();
      throw new TestkitException(e.getMessage() + "\n" + kubelet, e);
    }
  }

  /** Why there can be no node on this machine, and what to do about it; empty when there can. */
  public static Optional<String> obstacle() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("a real node needs root, and this is " + System.getProperty("user.name"));
    }
    if (!hasCgroupV1()) {
      return Optional.of(
          "a real node of this Kubernetes needs the memory controller of cgroup v1, and this machine has cgroup v2 alone");
    }
    var binaries = KubernetesBinaries.find();
    var missing =
        Stream.concat(
                Stream.of(
                        binaries.kubelet(),
                        binaries.scheduler(),
                        BUSYBOX,
                        Path.of("/usr/lib/cni/bridge"))
                    .filter(file -> !Files.isExecutable(file))
                    .map(Path::toString),
                Stream.of("containerd", "ctr", "runc", "ip", "unshare")
                    .filter(program -> Command.find(program).isEmpty()))
            .toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "no " + String.join(", no ", missing) + " for a real node; run scripts/setup --node");
  }

  /** Ends the node and all its pods at once; removes its bridge, cgroups and files. */
  @Override
  public void close() {
    node.kill();
    scheduler.close();
    identity.remove();
    Workspace.delete(directory);
  }

  private List<String> schedulerCommand(KubernetesBinaries binaries) {
    String kubeconfig = directory.resolve("kubeconfig.scheduler").toString();
    return List.of(
        binaries.scheduler().toString(),
        "--kubeconfig=" + kubeconfig,
        "--authentication-kubeconfig=" + kubeconfig,
        "--authorization-kubeconfig=" + kubeconfig,
        "--leader-elect=false",
        // No listener of its own: nobody asks it anything, and a port could be taken.
        "--port=0",
        "--secure-port=0");
  }

  private String kubeletErrors() {
    try (var lines = Files.lines(directory.resolve("kubelet.log"))) {
      var errors = lines.filter(line -> line.startsWith("E") || line.startsWith("F")).toList();
      return String.join("\n", errors.subList(Math.max(0, errors.size() - 5), errors.size()));
    } catch (IOException | UncheckedIOException e) {
      return "(no log of kubelet: " + e.getMessage() + ")";
    }
  }

  private static boolean isReady(ApiServer apiServer) {
    var response = apiServer.get("/api/v1/nodes/" + NAME);
    return response.isSuccess()
        && StreamSupport.stream(
                response
                    .json()
                    .getAsJsonObject("status")
                    .getAsJsonArray("conditions")
                    .spliterator(),
                false)
            .map(JsonElement::getAsJsonObject)
            .anyMatch(condition ->
                condition.get("type").getAsString().equals("Ready")
                    && condition.get("status").getAsString().equals("True"));
  }

  private static boolean hasCgroupV1() {
    try (var lines = Files.lines(Path.of("/proc/self/cgroup"))) {
      // A line is "number:controllers:path"; version 2 names no controllers.
      return lines
          .map(line -> line.split(":", -1)[1])
          .anyMatch(controllers -> List.of(controllers.split(",", -1)).contains("memory"));
    } catch (IOException e) {
      return false;
    }
  }
}
