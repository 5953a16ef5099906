package io.mooring.allinone;

import io.mooring.testkit.kubernetes.Kubectl;
import io.mooring.testkit.kubernetes.LocalCluster;
import java.nio.file.Path;

/** The Kubernetes that is deployed to: the person's own, or one started for this stack. */
public sealed interface Cluster extends AutoCloseable {

  /** A kubeconfig file that reaches it. */
  Path kubeconfig();

  /** The real kubectl with that file. */
  default Kubectl kubectl() {
    return new Kubectl(kubeconfig());
  }

  @Override
  void close();

  /** The person's own, left as it is when closed. */
  record Given(Path kubeconfig) implements Cluster {
    @Override
    public void close() {}
  }

  /** A real API server without nodes on this machine, ended when closed. */
  record Local(LocalCluster servers) implements Cluster {
    static Local start(Path directory) {
      return new Local(LocalCluster.start(directory));
    }

    @Override
    public Path kubeconfig() {
      return servers.apiServer().kubeconfig();
    }

    @Override
    public void close() {
      servers.close();
    }
  }
}
