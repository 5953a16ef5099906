package io.mooring.testkit.kubernetes;

import io.mooring.testkit.process.Workspace;
import io.mooring.testkit.report.RealServers;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The one cluster of this test run: started when first asked for, ended with the JVM. */
public final class SharedCluster {
  private static @Nullable SharedCluster started;
  private static @Nullable LocalNode node;

  private final LocalCluster cluster;
  private final String version;
  private final Leftovers leftovers;

  private SharedCluster(LocalCluster cluster) {
    this.cluster = cluster;
    this.version = cluster.apiServer().version();
    this.leftovers = new Leftovers(cluster.apiServer());
  }

  /** The cluster, for tests without the extension; counts the running test as using it. */
  public static LocalCluster cluster() {
    return current().cluster;
  }

  /** A fresh namespace in the shared cluster; the caller closes it. */
  public static TestNamespace namespace() {
    return TestNamespace.create(cluster().apiServer());
  }

  /** The node of the shared cluster, started when first asked for. */
  static LocalNode node() {
    SharedCluster cluster = current();
    synchronized (SharedCluster.class) {
      LocalNode current = node;
      if (current == null) {
        current = LocalNode.start(cluster.cluster);
        Runtime.getRuntime()
            .addShutdownHook(
                Thread.ofPlatform().name("testkit-node-end").unstarted(current::close));
        node = current;
      }
      RealServers.used("kubelet", cluster.version);
      return current;
    }
  }

  static Leftovers leftovers() {
    return current().leftovers;
  }

  private static synchronized SharedCluster current() {
    SharedCluster current = started;
    if (current == null) {
      Path directory = Workspace.create("kubernetes");
      current = new SharedCluster(LocalCluster.start(directory));
      LocalCluster cluster = current.cluster;
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("testkit-kubernetes-end")
                  .unstarted(() -> {
                    cluster.close();
                    Workspace.delete(directory);
                  }));
      started = current;
    }
    RealServers.used("kube-apiserver", current.version);
    return current;
  }
}
