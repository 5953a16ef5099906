package io.mooring.allinone;

import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.kubernetes.Kubectl;
import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * One way into the cluster through kas: who comes, and the kubeconfig that person or job has.
 *
 * @param name as whom, for the lines of the check
 * @param kubeconfig with the credential
 * @param namespace where this identity works
 */
record ClusterAccess(String name, Path kubeconfig, String namespace) {

  /** Writes the kubeconfig of a credential, as it stands in a kubeconfig made by GitLab. */
  static ClusterAccess of(Stack stack, String name, Secret credential, String namespace)
      throws IOException {
    return of(stack, stack.kubernetesUrl(), name, credential, namespace);
  }

  /** The same through one address of kas. */
  static ClusterAccess of(Stack stack, URI kas, String name, Secret credential, String namespace)
      throws IOException {
    stack.keepSecret(credential);
    Path file =
        stack
            .state()
            .write(
                fileName(name),
                """
                apiVersion: v1
                kind: Config
                clusters:
                - name: kas
                  cluster:
                    server: %s
                    certificate-authority: %s
                users:
                - name: me
                  user:
                    token: %s
                contexts:
                - name: kas
                  context:
                    cluster: kas
                    user: me
                    namespace: %s
                current-context: kas
                """
                    .formatted(kas, stack.authorityFile(), credential.text(), namespace));
    return new ClusterAccess(name, file, namespace);
  }

  /**
   * Takes the kubeconfig that GitLab gave to a job, and does with it what a job does first: choose
   * the agent, and trust the authority of this installation.
   */
  static ClusterAccess ofJob(
      Stack stack, String name, Secret kubeconfig, String context, String namespace)
      throws IOException {
    stack.keepSecret(kubeconfig);
    Path file = stack.state().write(fileName(name), kubeconfig.text());
    ClusterAccess access = new ClusterAccess(name, file, namespace);
    String authority = "--certificate-authority=" + stack.authorityFile();
    access.run("config", "set-cluster", "gitlab", authority);
    access.run("config", "use-context", context);
    access.run("config", "set-context", "--current", "--namespace=" + namespace);
    return access;
  }

  private static String fileName(String name) {
    return "kubeconfig-" + name.replace(' ', '-');
  }

  private Kubectl kubectl() {
    return new Kubectl(kubeconfig);
  }

  /** Runs kubectl to success and returns what it printed. */
  String run(String... arguments) {
    return kubectl().run(arguments);
  }

  /** A command of kubectl, not yet run. */
  Command command(String... arguments) {
    return kubectl().command(arguments);
  }

  /** Applies a manifest from standard input. */
  String apply(String manifest) {
    return kubectl().apply(manifest);
  }
}
