package io.mooring.allinone;

import java.nio.file.Path;

/** What to try next, with the addresses and credentials of this stack. */
final class Directions {

  private final Stack stack;
  private final FirstLook sample;

  Directions(Stack stack, FirstLook sample) {
    this.stack = stack;
    this.sample = sample;
  }

  void print(Progress progress) {
    Path kubeconfig = stack.cluster().kubeconfig();
    progress.plain("");
    progress.plain("GitLab        %s", stack.gitlab());
    progress.plain("  user        root, password in %s", stack.passwordFile());
    progress.plain("  token       in %s", stack.tokenFile());
    progress.plain("kas           %s (agents), metrics %s", stack.kasAddress(), stack.kasMetrics());
    progress.plain(
        "Kubernetes    kubectl --kubeconfig %s get all -n %s", kubeconfig, Sample.NAMESPACE);
    progress.plain("log           %s", stack.logFile());
    progress.plain("");
    progress.plain("Try next:");
    progress.plain("  cd %s", sample.tree().directory());
    progress.plain(
        "  sed -i 's/hello/hello again/' %s && git commit -qam 'Say it again' && git push",
        Sample.GREETING);
    progress.plain(
        "  kubectl --kubeconfig %s -n %s get configmap greeting -o yaml",
        kubeconfig, Sample.NAMESPACE);
    progress.plain(
        "  curl -H \"PRIVATE-TOKEN: $(cat %s)\" %s/api/v4%s/state",
        stack.tokenFile(), stack.gitlab(), sample.agentPath());
    progress.plain("");
    progress.plain("Ctrl-C stops everything.");
  }
}
