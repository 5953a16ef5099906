package io.mooring.agentk.doctor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.ClusterException;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.CiAccessAsCF;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the agent may do in the cluster, asked by SelfSubjectAccessReview. */
record RightsCheck(Cluster cluster, String namespace, Duration bound) {
  private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

  /** An agent with more manifest projects has the same rights in most of their namespaces. */
  private static final int MAX_NAMESPACES = 20;

  /**
   * One right.
   *
   * @param namespace empty for what belongs to none
   * @param group of the API; empty for the core
   * @param use what cannot be done without it
   */
  record Right(String verb, String group, String resource, String namespace, String use) {
    @Override
    public String toString() {
      return verb
          + " "
          + resource
          + (group.isEmpty() ? "" : "." + group)
          + (namespace.isEmpty() ? "" : " in " + namespace)
          + " (for "
          + use
          + ")";
    }

    JsonObject review() {
      var attributes = new JsonObject();
      attributes.addProperty("verb", verb);
      attributes.addProperty("group", group);
      attributes.addProperty("resource", resource);
      attributes.addProperty("namespace", namespace);
      var spec = new JsonObject();
      spec.add("resourceAttributes", attributes);
      var review = new JsonObject();
      review.addProperty("apiVersion", "authorization.k8s.io/v1");
      review.addProperty("kind", "SelfSubjectAccessReview");
      review.add("spec", spec);
      return review;
    }
  }

  /** Asks for everything that a configuration needs. */
  Finding judge(Optional<AgentConfiguration> configuration) throws InterruptedException {
    List<Right> missing = new ArrayList<>();
    Set<Right> needed = needed(configuration);
    try {
      for (Right right : needed) {
        if (!isAllowed(right)) {
          missing.add(right);
        }
      }
    } catch (ClusterException e) {
      return Finding.failed(
          Check.RIGHTS,
          "the API server does not say what the agent may do",
          String.valueOf(e.getMessage()),
          "an answer to a SelfSubjectAccessReview",
          "check the credentials of the ServiceAccount");
    }
    if (missing.isEmpty()) {
      return Finding.ok(
          Check.RIGHTS,
          "the agent may do what "
              + (configuration.isPresent() ? "its configuration needs" : "every agent needs"),
          needed.size() + " rights");
    }
    boolean leases = missing.stream().anyMatch(right -> right.resource().equals("leases"));
    String value = String.join("; ", missing.stream().map(Right::toString).toList());
    String expected = "all of " + needed.size() + " rights";
    String next = "grant them to the agent's ServiceAccount by a Role or ClusterRole";
    // Without a Lease nothing leads; everything else stops one feature only.
    return leases
        ? Finding.failed(Check.RIGHTS, "the agent may not do all it needs", value, expected, next)
        : Finding.warning(Check.RIGHTS, "the agent may not do all it needs", value, expected, next);
  }

  private Set<Right> needed(Optional<AgentConfiguration> configuration) {
    Set<Right> needed = new LinkedHashSet<>();
    for (String verb : List.of("get", "create", "update")) {
      needed.add(new Right(verb, "coordination.k8s.io", "leases", namespace, "leader election"));
    }
    needed.add(new Right("create", "", "events", namespace, "telling who leads"));
    configuration.ifPresent(read -> {
      read.getGitops().getManifestProjectsList().stream()
          .map(ManifestProjectCF::getDefaultNamespace)
          .map(name -> name.isEmpty() ? "default" : name)
          .distinct()
          .limit(MAX_NAMESPACES)
          .forEach(name -> {
            for (String verb : List.of("get", "list", "create", "update", "patch", "delete")) {
              needed.add(new Right(verb, "", "configmaps", name, "the inventory of GitOps"));
            }
          });
      if (impersonates(read)) {
        needed.add(new Right("impersonate", "", "users", "", "access_as"));
        needed.add(new Right("impersonate", "", "groups", "", "access_as"));
      }
    });
    return needed;
  }

  private static boolean impersonates(AgentConfiguration configuration) {
    var access = configuration.getCiAccess();
    return Stream.concat(
            access.getProjectsList().stream().map(project -> project.getAccessAs()),
            access.getGroupsList().stream().map(group -> group.getAccessAs()))
        .map(CiAccessAsCF::getAsCase)
        .anyMatch(as -> as == CiAccessAsCF.AsCase.IMPERSONATE || as == CiAccessAsCF.AsCase.CI_JOB);
  }

  private boolean isAllowed(Right right) throws ClusterException, InterruptedException {
    JsonObject answer = cluster.ask("POST", REVIEWS, right.review(), bound).body();
    JsonElement allowed =
        answer.has("status") && answer.get("status").isJsonObject()
            ? answer.getAsJsonObject("status").get("allowed")
            : null;
    return allowed != null && allowed.getAsBoolean();
  }
}
