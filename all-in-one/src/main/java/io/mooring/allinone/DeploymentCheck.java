package io.mooring.allinone;

import static io.mooring.allinone.Checklist.await;
import static io.mooring.allinone.Checklist.require;
import static io.mooring.allinone.Checklist.seconds;

import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** The sample's life, step by step, each looked at in the cluster with kubectl. */
final class DeploymentCheck {

  private static final int TIMED_PUSHES = 5;
  private static final Duration PUSH_TARGET = Duration.ofSeconds(2);

  /** Objects that go at once; far more than the third that the guard lets go. */
  private static final int MANY = 12;

  private final Stack stack;
  private final FirstLook sample;

  DeploymentCheck(Stack stack, FirstLook sample) {
    this.stack = stack;
    this.sample = sample;
  }

  /** Runs every step. */
  void run(Checklist list) throws Checklist.FailedException, InterruptedException {
    list.step("the agent is registered and connected", this::agentIsConnected);
    list.step("the first push is in the cluster", this::firstPushArrived);
    list.step("push to applied, with push notices", this::timedPushes);
    list.step("a commit beside the manifests writes nothing", this::unchangedIsNotWritten);
    list.step("a removed manifest removes its object", this::removalPrunes);
    list.step("a broken manifest stops nothing else and prunes nothing", this::brokenManifest);
    list.step("the mended manifest applies", this::mendedManifest);
    list.step("an object changed by hand is put back", this::driftIsHealed);
    list.step("a deleted object comes back", this::deletionIsHealed);
    list.step("a bad configuration leaves the last good one in place", this::badConfiguration);
    list.step("the removal of most objects waits for a person", this::largePruneIsHalted);
    list.step("a folder of manifests that is gone prunes nothing", this::missingSourceIsKept);
    list.step("push to applied without a notice, by kas's poll", this::lostNotice);
  }

  private String agentIsConnected() throws IOException, InterruptedException {
    await(
        "an entry in the agent's connections",
        () -> !stack.rest().read(sample.agentPath() + "/connections").isEmpty());
    return "";
  }

  private String firstPushArrived() throws IOException, InterruptedException {
    await("the ConfigMap of the sample", () -> exists("configmap", "greeting"));
    await("the Role of the sample", () -> exists("role", "greeter"));
    require("hello", text());
    return "namespace, ConfigMap, Service, ServiceAccount and Role";
  }

  private String timedPushes() throws IOException, InterruptedException {
    List<Duration> taken = new ArrayList<>();
    for (int i = 1; i <= TIMED_PUSHES; i++) {
      taken.add(timedPush("timed " + i));
    }
    Collections.sort(taken);
    Duration median = taken.get(TIMED_PUSHES / 2);
    if (median.compareTo(PUSH_TARGET) >= 0) {
      throw new IOException(
          "median %s of %d pushes (expected: less than %s)"
              .formatted(seconds(median), TIMED_PUSHES, seconds(PUSH_TARGET)));
    }
    return "median %s of %d (%s to %s)"
        .formatted(
            seconds(median), TIMED_PUSHES, seconds(taken.getFirst()), seconds(taken.getLast()));
  }

  /** From the start of {@code git push} to the line that kubectl prints. */
  private Duration timedPush(String text) throws IOException, InterruptedException {
    try (ConfigMapWatch watch =
        ConfigMapWatch.start(
            stack.cluster().kubeconfig(), Sample.NAMESPACE, "greeting", stack.clock())) {
      watch.await(text(), Checklist.LIMIT);
      Instant started =
          sample.tree().write(Sample.GREETING, Sample.greeting(text)).push("Say " + text).started();
      return Duration.between(started, watch.await(text, Checklist.LIMIT));
    }
  }

  private String unchangedIsNotWritten() throws IOException, InterruptedException {
    String before = resourceVersions();
    String commit = sample.tree().write("README.md", "A sample.\n").push("Describe it").commit();
    awaitSync(commit, "succeeded");
    require(before, resourceVersions());
    return "";
  }

  private String removalPrunes() throws IOException, InterruptedException {
    sample.tree().remove(Sample.SERVICE).push("Remove the service");
    await("the Service to be gone", () -> !exists("service", "greeter"));
    require("timed " + TIMED_PUSHES, text());
    return "";
  }

  private String brokenManifest() throws IOException, InterruptedException {
    String commit =
        sample
            .tree()
            .write(
                "manifests/broken.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: x\n")
            .write(Sample.GREETING, Sample.greeting("beside the broken one"))
            .remove("manifests/account.yaml")
            .push("Break a manifest")
            .commit();
    await("the good manifests to be applied", () -> text().equals("beside the broken one"));
    JsonNode deployment = awaitSync(commit, "failed");
    require("true", String.valueOf(exists("role", "greeter")));
    JsonNode problem = deployment.path("problems").path(0);
    require("manifests/broken.yaml", problem.path("file").asString());
    require("4", problem.path("line").asString());
    return "REST shows %s:%s:%s: %s"
        .formatted(
            problem.path("file").asString(),
            problem.path("line").asString(),
            problem.path("column").asString(),
            problem.path("message").asString());
  }

  private String mendedManifest() throws IOException, InterruptedException {
    String commit =
        sample
            .tree()
            .remove("manifests/broken.yaml")
            .write(
                "manifests/account.yaml",
                Objects.requireNonNull(Sample.FILES.get("manifests/account.yaml")))
            .push("Mend it")
            .commit();
    awaitSync(commit, "succeeded");
    return "";
  }

  private String driftIsHealed() throws IOException, InterruptedException {
    stack
        .cluster()
        .kubectl()
        .run(
            "-n",
            Sample.NAMESPACE,
            "patch",
            "configmap",
            "greeting",
            "-p",
            "{\"data\":{\"text\":\"by hand\"}}");
    Instant changed = stack.clock().instant();
    await("the text of the manifest", () -> text().equals("beside the broken one"));
    return "after " + seconds(Duration.between(changed, stack.clock().instant()));
  }

  private String deletionIsHealed() throws IOException, InterruptedException {
    stack.cluster().kubectl().run("-n", Sample.NAMESPACE, "delete", "role", "greeter");
    Instant deleted = stack.clock().instant();
    await("the Role to be back", () -> exists("role", "greeter"));
    return "after " + seconds(Duration.between(deleted, stack.clock().instant()));
  }

  private String badConfiguration() throws IOException, InterruptedException {
    sample
        .tree()
        .write(Sample.CONFIGURATION, "gitops:\n  manifest_projects:\n  - idd: demo/sample\n")
        .push("Break the configuration");
    await(
        "the error in the agent's state",
        () -> configuration().path("status").asString().equals("rejected"));
    JsonNode problem = configuration().path("problems").path(0);
    require("3", problem.path("line").asString());
    String shown =
        "%s:%s:%s: %s"
            .formatted(
                problem.path("file").asString(),
                problem.path("line").asString(),
                problem.path("column").asString(),
                problem.path("message").asString());
    timedPush("still deploying");
    sample
        .tree()
        .write(Sample.CONFIGURATION, Objects.requireNonNull(Sample.FILES.get(Sample.CONFIGURATION)))
        .push("Mend the configuration");
    await(
        "the configuration to be applied",
        () -> configuration().path("status").asString().equals("applied"));
    return shown;
  }

  private String largePruneIsHalted() throws IOException, InterruptedException {
    String many = "manifests/many.yaml";
    sample.tree().write(many, manyConfigMaps());
    awaitSync(sample.tree().push("Add many objects").commit(), "succeeded");
    String commit = sample.tree().remove(many).push("Remove them all").commit();
    JsonNode halted = awaitSync(commit, "halted");
    require("true", String.valueOf(exists("configmap", "many-1")));
    allowPrune(commit);
    await("the objects to be gone", () -> !exists("configmap", "many-" + MANY));
    // Its report comes after the deletions; the next step's own report must not be overtaken by it.
    await(
        "the report of the prune",
        () -> {
          JsonNode pruned = deployment();
          return pruned.path("commit_id").asString().equals(commit)
              && pruned.path("outcome").asString().equals("succeeded");
        });
    return halted.path("message").asString().replaceAll("[.] .*", "")
        + "; pruned once it was allowed";
  }

  private void allowPrune(String commit) {
    stack
        .cluster()
        .kubectl()
        .run(
            "-n",
            Sample.NAMESPACE,
            "annotate",
            "configmap",
            "-l",
            "cli-utils.sigs.k8s.io/inventory-id",
            "mooring.dev/allow-prune=" + commit);
  }

  private static String manyConfigMaps() {
    StringBuilder manifests = new StringBuilder();
    for (int i = 1; i <= MANY; i++) {
      manifests.append(
          "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: many-%d\n".formatted(i));
    }
    return manifests.toString();
  }

  private String missingSourceIsKept() throws IOException, InterruptedException {
    sample
        .tree()
        .remove("manifests/account.yaml")
        .remove("manifests/namespace.yaml")
        .remove(Sample.GREETING)
        .push("Remove the folder");
    await("the refusal in the agent's state", () -> !refusal().isEmpty());
    String message = refusal();
    require("succeeded", deployment().path("outcome").asString());
    require("true", String.valueOf(exists("configmap", "greeting")));
    require("true", String.valueOf(exists("role", "greeter")));
    Sample.write(sample.tree());
    awaitSync(sample.tree().push("Bring the folder back").commit(), "succeeded");
    await("the end of the refusal in the agent's state", () -> refusal().isEmpty());
    return message;
  }

  private String lostNotice() throws IOException, InterruptedException {
    stack.loseNotices();
    try {
      return seconds(timedPush("found by polling"))
          + ", kas polls every "
          + stack.pollPeriod().toSeconds()
          + " s";
    } finally {
      stack.deliverNotices();
    }
  }

  private JsonNode awaitSync(String commit, String outcome)
      throws IOException, InterruptedException {
    JsonNode deployment = awaitOutcome(commit);
    if (!deployment.path("outcome").asString().equals(outcome)) {
      throw new IOException(
          "the sync of %s ended with %s (expected: %s)".formatted(commit, deployment, outcome));
    }
    return deployment;
  }

  private JsonNode awaitOutcome(String commit) throws IOException, InterruptedException {
    await(
        "the end of the sync of " + commit,
        () -> {
          JsonNode deployment = deployment();
          return deployment.path("commit_id").asString().equals(commit)
              && !deployment.path("outcome").asString().equals("running");
        });
    return deployment();
  }

  private String refusal() throws IOException, InterruptedException {
    return deployment().path("refusal").asString();
  }

  private JsonNode deployment() throws IOException, InterruptedException {
    return state().path("deployments").path(0);
  }

  private JsonNode configuration() throws IOException, InterruptedException {
    return state().path("configuration");
  }

  private JsonNode state() throws IOException, InterruptedException {
    return stack.rest().read(sample.agentPath() + "/state");
  }

  private boolean exists(String kind, String name) {
    Command.Output got =
        stack
            .cluster()
            .kubectl()
            .command("-n", Sample.NAMESPACE, "get", kind, name, "-o", "name")
            .run();
    return got.exitCode() == 0;
  }

  private String text() {
    return stack
        .cluster()
        .kubectl()
        .run("-n", Sample.NAMESPACE, "get", "configmap", "greeting", "-o", "jsonpath={.data.text}");
  }

  private String resourceVersions() {
    return stack
        .cluster()
        .kubectl()
        .run(
            "-n",
            Sample.NAMESPACE,
            "get",
            "configmap/greeting",
            "service/greeter",
            "serviceaccount/greeter",
            "role/greeter",
            "-o",
            "jsonpath={.items[*].metadata.resourceVersion}");
  }
}
