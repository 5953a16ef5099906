package io.mooring.testkit.kubernetes;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the shared cluster and namespaces in it; see {@link RealKubernetes}. After each class
 * it names on standard error what the class left in the cluster without a label.
 */
public final class KubernetesExtension
    implements BeforeAllCallback, ParameterResolver, AfterAllCallback {
  private static final Namespace STORE = Namespace.create(KubernetesExtension.class);

  /** Called by JUnit. */
  public KubernetesExtension() {}

  /** Starts the cluster before the class, so that no test is charged with its threads and time. */
  @Override
  public void beforeAll(ExtensionContext context) {
    SharedCluster.cluster();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == LocalCluster.class
        || type == ApiServer.class
        || type == Kubectl.class
        || type == TestNamespace.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    LocalCluster cluster = SharedCluster.cluster();
    if (type == LocalCluster.class) {
      return cluster;
    }
    if (type == ApiServer.class) {
      return cluster.apiServer();
    }
    if (type == Kubectl.class) {
      return cluster.apiServer().kubectl();
    }
    // The store is that of the test or of the class, and closes the namespace at its end.
    return context
        .getStore(STORE)
        .computeIfAbsent(
            context.getUniqueId(), id -> SharedCluster.namespace(), TestNamespace.class);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    var left = SharedCluster.leftovers().fresh();
    if (!left.isEmpty()) {
      System.err.printf(
          "testkit: %s left in the shared cluster, without the label %s: %s%n",
          context.getDisplayName(), TestNamespace.LABEL, String.join(", ", left));
    }
  }
}
