package io.mooring.testkit.kubernetes;

import io.mooring.testkit.setup.Setup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder that holds the executables of a control plane.
 *
 * @param folder holds {@code etcd} and {@code kube-apiserver}, and mostly {@code
 *     kube-controller-manager}
 */
public record KubernetesBinaries(Path folder) {
  /** What scripts/setup builds: the newest whose source Debian 12 carries. */
  private static final String BUILT = "kubernetes-1.20.2/bin";

  /**
   * Those of {@code KUBEBUILDER_ASSETS} when it is set, else those of the cache, built first when
   * they are not there yet.
   */
  public static KubernetesBinaries find() {
    String named = System.getenv("KUBEBUILDER_ASSETS");
    if (named != null && !named.isEmpty()) {
      return new KubernetesBinaries(Path.of(named).toAbsolutePath());
    }
    var cached = new KubernetesBinaries(Setup.cache().resolve(BUILT).toAbsolutePath());
    if (!cached.complete()) {
      Setup.run("kubernetes");
    }
    return cached;
  }

  Path etcd() {
    return folder.resolve("etcd");
  }

  Path apiServer() {
    return folder.resolve("kube-apiserver");
  }

  /** Absent in folders made for envtest, which hold the API server alone. */
  Optional<Path> controllerManager() {
    return Optional.of(folder.resolve("kube-controller-manager")).filter(Files::isExecutable);
  }

  Path kubelet() {
    return folder.resolve("kubelet");
  }

  Path scheduler() {
    return folder.resolve("kube-scheduler");
  }

  private boolean complete() {
    return Files.isExecutable(etcd())
        && Files.isExecutable(apiServer())
        && controllerManager().isPresent();
  }
}
