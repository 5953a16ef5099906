package io.mooring.benchmarks;

import io.mooring.allinone.ConfigMapWatch;
import io.mooring.allinone.Progress;
import io.mooring.allinone.Sample;
import io.mooring.allinone.Stack;
import io.mooring.allinone.Worktree;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** B11: a commit to a repository of 20,000 files until its change is in the cluster. */
final class CommitToApplied implements Workload {

  private static final int FILES = 20_000;
  private static final int MANIFESTS = 500;
  private static final int PER_FOLDER = 100;
  private static final int WARM_UP = 10;
  private static final int COMMITS = 100;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Override
  public String title() {
    return "commit to a repository of %,d files (%d manifests) until kubectl shows the change"
        .formatted(FILES, MANIFESTS);
  }

  @Override
  public Report measure(Progress progress, Effort effort) throws IOException, InterruptedException {
    try (Stack stack =
        Stack.start(Stack.Options.of(Optional.empty(), Optional.empty()), progress)) {
      Stack.Deployed sample = stack.deploySample(progress);
      fill(sample.tree());
      progress.say("pushing %,d files", FILES);
      sample.tree().push("Fill the repository");
      try (ConfigMapWatch watch =
          ConfigMapWatch.start(
              stack.cluster().kubeconfig(), Sample.NAMESPACE, "greeting", stack.clock())) {
        return measure(stack, sample.tree(), watch, progress);
      }
    }
  }

  private static Report measure(Stack stack, Worktree tree, ConfigMapWatch watch, Progress progress)
      throws IOException, InterruptedException {
    List<Double> fromPush = new ArrayList<>();
    List<Double> fromAccepted = new ArrayList<>();
    List<Double> bytes = new ArrayList<>();
    for (int i = 1; i <= WARM_UP + COMMITS; i++) {
      String text = "commit " + i;
      Worktree.Pushed pushed =
          tree.write(Sample.GREETING, Sample.greeting(text)).push("Say " + text);
      Instant applied = watch.await(text, LIMIT);
      if (i > WARM_UP) {
        fromPush.add(millis(pushed.started(), applied));
        fromAccepted.add(millis(stack.hops().accepted(pushed), applied));
        bytes.add(stack.hops().bytesFromGit(pushed) / 1000.0);
      }
      if (i % 20 == 0) {
        progress.say("%d of %d commits", i, WARM_UP + COMMITS);
      }
    }
    return new Report(
        List.of(
            new Report.Row("git push started to applied", fromPush, "ms", "p50 700, p99 2000"),
            new Report.Row("push accepted to applied", fromAccepted, "ms", ""),
            new Report.Row("read from Git by kas", bytes, "kB", "100")),
        List.of(
            "All programs in one JVM on loopback, against a real kube-apiserver on the same cores."
                + " \"Applied\" is the moment a running `kubectl get --watch` prints the new value."));
  }

  private static void fill(Worktree tree) throws IOException {
    for (int i = 0; i < FILES - MANIFESTS; i++) {
      tree.write("pages/%03d/%05d.md".formatted(i / PER_FOLDER, i), "Page %d.\n".formatted(i));
    }
    for (int i = 0; i < MANIFESTS; i++) {
      tree.write(
          "manifests/%02d/entry-%03d.yaml".formatted(i / PER_FOLDER, i),
          """
          apiVersion: v1
          kind: ConfigMap
          metadata:
            name: entry-%d
          data:
            number: "%d"
          """
              .formatted(i, i));
    }
  }

  private static double millis(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e6;
  }
}
