package io.mooring.allinone;

import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.nio.file.Path;

/** What to try next, with the addresses and credentials of this stack. */
final class Directions {

  private final Stack stack;
  private final FirstLook sample;

  Directions(Stack stack, FirstLook sample) {
    this.stack = stack;
    this.sample = sample;
  }

  void print(Progress progress) throws IOException {
    Path mine = access().kubeconfig();
    Path kubeconfig = stack.cluster().kubeconfig();
    progress.plain("");
    progress.plain("GitLab        %s", stack.gitlab());
    progress.plain("  user        root, password in %s", stack.passwordFile());
    progress.plain("  token       in %s", stack.tokenFile());
    progress.plain("kas           %s (agents), metrics %s", stack.kasAddress(), stack.kasMetrics());
    progress.plain("Kubernetes    kubectl --kubeconfig %s get all", mine);
    progress.plain("              (as root of GitLab, through kas at %s)", stack.kubernetesUrl());
    progress.plain("  directly    kubectl --kubeconfig %s get all -A", kubeconfig);
    progress.plain("log           %s", stack.logFile());
    progress.plain("");
    progress.plain("Try next:");
    progress.plain("  cd %s", sample.tree().directory());
    progress.plain(
        "  sed -i 's/hello/hello again/' %s && git commit -qam 'Say it again' && git push",
        Sample.GREETING);
    progress.plain("  kubectl --kubeconfig %s get configmap greeting -o yaml", mine);
    progress.plain(
        "  curl -H \"PRIVATE-TOKEN: $(cat %s)\" %s/api/v4%s/state",
        stack.tokenFile(), stack.gitlab(), sample.agentPath());
    progress.plain("");
    progress.plain("Ctrl-C stops everything.");
  }

  /** The administrator's own way in, with the rights that the sample's RoleBinding gives. */
  private ClusterAccess access() throws IOException {
    return ClusterAccess.of(
        stack,
        "root",
        Secret.of("pat:%d:%s".formatted(sample.agentId(), stack.token().text())),
        Sample.NAMESPACE);
  }
}
