package io.mooring.allinone;

import static io.mooring.allinone.Checklist.require;

import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.net.URI;

/** Several replicas of kas: each serves everybody, and one that goes is not missed. */
final class ReplicaCheck {

  private final Stack stack;
  private final FirstLook sample;

  ReplicaCheck(Stack stack, FirstLook sample) {
    this.stack = stack;
    this.sample = sample;
  }

  void run(Checklist list) throws Checklist.FailedException, InterruptedException {
    list.step("each replica reaches the agent, which is at one of them", this::eachReplica);
    list.step("replicas are restarted one by one under load", this::restarts);
  }

  private Secret credential() {
    return Secret.of("pat:%d:%s".formatted(sample.agentId(), stack.token().text()));
  }

  private String eachReplica() throws IOException {
    int number = 0;
    for (KasPorts kas : stack.files().kas()) {
      number++;
      ClusterAccess access =
          ClusterAccess.of(
              stack,
              URI.create("https://127.0.0.1:" + kas.kubernetes()),
              "replica-" + number,
              credential(),
              KubectlCheck.NAMESPACE);
      require("", access.run("get", "configmaps", "-l", "none=such", "-o", "name"));
    }
    return number + " replicas answered";
  }

  private String restarts() throws IOException, InterruptedException {
    SteadyReads.Result result;
    try (SteadyReads reads = SteadyReads.start(stack, credential(), KubectlCheck.NAMESPACE)) {
      for (int i = 0; i < stack.replicas().count(); i++) {
        reads.awaitMore();
        stack.replicas().restart(i);
      }
      reads.awaitMore();
      result = reads.stop();
    }
    if (result.failed() > 0) {
      throw new IOException(
          "%d of %d requests failed, the first with: %s (expected: none)"
              .formatted(result.failed(), result.sent(), result.firstFailure()));
    }
    return "%d requests, none failed, the slowest took %d ms"
        .formatted(result.sent(), result.slowest().toMillis());
  }
}
