package io.mooring.allinone;

import java.io.IOException;
import java.util.List;

/**
 * {@code ./quickstart --check}: everything that is promised, tried on this machine. Prints one line
 * a step; the first that fails ends it.
 */
final class Check {

  private final Stack stack;
  private final FirstLook sample;
  private final Progress progress;

  Check(Stack stack, FirstLook sample, Progress progress) {
    this.stack = stack;
    this.sample = sample;
    this.progress = progress;
  }

  /** Runs every step. */
  void run() throws Checklist.FailedException, InterruptedException {
    Checklist list = new Checklist(progress);
    new DeploymentCheck(stack, sample).run(list);
    new KubectlCheck(stack, sample).run(list);
    if (stack.replicas().count() > 1) {
      new ReplicaCheck(stack, sample).run(list);
    }
    list.step("no secret in any log line", this::noSecretIsLogged);
    progress.plain("%d checks passed", list.passed());
  }

  private String noSecretIsLogged() throws IOException {
    List<String> leaks = stack.secretsInLogs();
    if (!leaks.isEmpty()) {
      throw new IOException("found " + leaks);
    }
    return "";
  }
}
