package io.mooring.allinone;

import io.mooring.testkit.TestkitException;
import io.mooring.testkit.kubernetes.Kubectl;
import io.mooring.testkit.kubernetes.LocalCluster;
import io.mooring.testkit.kubernetes.LocalNode;
import java.nio.file.Path;
import java.util.Optional;

/** The Kubernetes that is deployed to: the person's own, or one started for this stack. */
public sealed interface Cluster extends AutoCloseable {

  /** A kubeconfig file that reaches it. */
  Path kubeconfig();

  /** The real kubectl with that file. */
  default Kubectl kubectl() {
    return new Kubectl(kubeconfig());
  }

  /** Whether Pods run in it. */
  boolean hasNode();

  /** What to say when they do not. */
  default String whyNoNode() {
    return LocalNode.obstacle().orElse("no node was asked for");
  }

  @Override
  void close();

  /** The person's own, left as it is when closed. */
  record Given(Path kubeconfig) implements Cluster {

    /** Not known without asking, and its image may not be there. */
    @Override
    public boolean hasNode() {
      return false;
    }

    @Override
    public String whyNoNode() {
      return "only tried on a node of our own";
    }

    @Override
    public void close() {}
  }

  /** A real API server on this machine, with or without a real node, ended when closed. */
  record Local(LocalCluster servers, Optional<LocalNode> node) implements Cluster {

    /** With a node where this machine allows one. */
    static Local start(Path directory, boolean wantsNode) {
      LocalCluster servers = LocalCluster.start(directory);
      if (!wantsNode || LocalNode.obstacle().isPresent()) {
        return new Local(servers, Optional.empty());
      }
      try {
        return new Local(servers, Optional.of(LocalNode.start(servers)));
      } catch (TestkitException e) {
        servers.close();
        throw e;
      }
    }

    @Override
    public boolean hasNode() {
      return node.isPresent();
    }

    @Override
    public Path kubeconfig() {
      return servers.apiServer().kubeconfig();
    }

    @Override
    public void close() {
      node.ifPresent(LocalNode::close);
      servers.close();
    }
  }
}
