package io.mooring.allinone;

import static io.mooring.allinone.Checklist.await;
import static io.mooring.allinone.Checklist.require;
import static io.mooring.allinone.Checklist.requirePart;
import static io.mooring.allinone.Checklist.seconds;

import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The real kubectl through kas and the agent, as the agent, as a CI job and as a person: what each
 * may do works as if the cluster were local, and what it may not do is refused by the cluster.
 */
final class KubectlCheck {

  static final String NAMESPACE = "through-kas";
  private static final Duration JOB_LIFE = Duration.ofHours(1);

  private final Stack stack;
  private final FirstLook sample;

  KubectlCheck(Stack stack, FirstLook sample) {
    this.stack = stack;
    this.sample = sample;
  }

  /** Runs every step. */
  void run(Checklist list) throws Checklist.FailedException, InterruptedException {
    list.step("the cluster knows the identities of jobs and people", this::prepareCluster);
    for (Who who : Who.values()) {
      run(list, who);
    }
  }

  /** Who comes through kas. */
  private enum Who {
    AGENT("as the agent"),
    CI_JOB("as a CI job"),
    PERSON("as a person");

    private final String text;

    Who(String text) {
      this.text = text;
    }
  }

  private void run(Checklist list, Who who) throws Checklist.FailedException, InterruptedException {
    ClusterAccess[] found = new ClusterAccess[1];
    list.step(
        "kubectl reaches the cluster through kas " + who.text,
        () -> {
          found[0] = access(who);
          return firstAnswer(found[0]);
        });
    ClusterAccess access = found[0];
    list.step("kubectl apply, get, describe, watch and delete " + who.text, () -> objects(access));
    if (who != Who.AGENT) {
      list.step("the cluster refuses what is not allowed " + who.text, () -> refusal(access, who));
    }
    if (stack.cluster().hasNode()) {
      new PodCheck(stack, access, who.text).run(list);
    } else {
      list.skip("logs, exec, cp and port-forward " + who.text, stack.cluster().whyNoNode());
    }
  }

  private String prepareCluster() throws IOException {
    Worktree.clone(
            stack.gitlab(),
            Sample.DEPLOYER,
            stack.token(),
            stack.state().path("deployer"),
            stack.clock())
        .write("README.md", "Its jobs deploy.\n")
        .push("Say what this is for");
    stack
        .cluster()
        .kubectl()
        .apply(
            """
            apiVersion: v1
            kind: Namespace
            metadata:
              name: %1$s
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata:
              name: jobs-and-people
              namespace: %1$s
            roleRef:
              apiGroup: rbac.authorization.k8s.io
              kind: ClusterRole
              name: edit
            subjects:
            - kind: Group
              apiGroup: rbac.authorization.k8s.io
              name: gitlab:ci_job
            - kind: Group
              apiGroup: rbac.authorization.k8s.io
              name: gitlab:user
            """
                .formatted(NAMESPACE));
    return "a RoleBinding for the groups gitlab:ci_job and gitlab:user";
  }

  private ClusterAccess access(Who who) throws IOException, InterruptedException {
    return switch (who) {
      case AGENT -> job(Sample.DEPLOYER, who.text);
      case CI_JOB -> job(Sample.PROJECT, who.text);
      case PERSON ->
          ClusterAccess.of(
              stack,
              who.text,
              Secret.of("pat:%d:%s".formatted(sample.agentId(), stack.token().text())),
              NAMESPACE);
    };
  }

  /** Starts a job of the project, as a CI system does over REST. */
  private ClusterAccess job(String project, String name) throws IOException, InterruptedException {
    JsonNode job =
        stack
            .rest()
            .create(
                "/projects/" + Rest.segment(project) + "/jobs",
                Map.of("ref", "main", "timeout", JOB_LIFE.toSeconds()));
    stack.keepSecret(Secret.of(job.path("token").asString()));
    return ClusterAccess.ofJob(
        stack,
        name,
        Secret.of(job.path("kubeconfig").asString()),
        Sample.PROJECT + ":" + Sample.AGENT,
        NAMESPACE);
  }

  private String firstAnswer(ClusterAccess access) throws IOException, InterruptedException {
    Instant started = stack.clock().instant();
    // The agent's configuration that lets jobs and people in may still be on its way to GitLab.
    await(
        "an answer of the cluster",
        () -> access.command("get", "configmaps", "-o", "name").run().exitCode() == 0);
    return "after " + seconds(Duration.between(started, stack.clock().instant()));
  }

  private String objects(ClusterAccess access) throws IOException, InterruptedException {
    access.apply(configMap("one"));
    require("one", access.run("get", "configmap", "note", "-o", "jsonpath={.data.text}"));
    requirePart("Name:         note", access.run("describe", "configmap", "note"));
    Duration seen;
    try (ConfigMapWatch watch =
        ConfigMapWatch.start(access.kubeconfig(), NAMESPACE, "note", stack.clock())) {
      watch.await("one", Checklist.LIMIT);
      Instant changed = stack.clock().instant();
      stack.cluster().kubectl().apply(configMap("two"));
      seen = Duration.between(changed, watch.await("two", Checklist.LIMIT));
    }
    access.run("delete", "configmap", "note");
    Command.Output gone = access.command("get", "configmap", "note").run();
    require("1", String.valueOf(gone.exitCode()));
    requirePart("NotFound", gone.stderr());
    return "a change was seen %s after kubectl apply was started".formatted(seconds(seen));
  }

  private static String configMap(String text) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: note
      namespace: %s
    data:
      text: %s
    """
        .formatted(NAMESPACE, text);
  }

  private String refusal(ClusterAccess access, Who who) throws IOException {
    Command.Output refused = access.command("get", "secrets", "-n", "kube-system").run();
    require("1", String.valueOf(refused.exitCode()));
    String user = who == Who.CI_JOB ? "gitlab:ci_job:" : "gitlab:user:root";
    requirePart("Forbidden", refused.stderr());
    requirePart("User \"" + user, refused.stderr());
    return refused.stderr().lines().toList().getLast();
  }
}
