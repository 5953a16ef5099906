package io.mooring.apply.status;

import io.mooring.apply.object.JsonObject;
import java.util.Optional;

/** Kinds that keep a number of Pods. */
final class Workloads {
  private static final String NEW_REPLICA_SET = "NewReplicaSetAvailable";

  private Workloads() {}

  static Optional<Status> of(String kind, JsonObject live) {
    return switch (kind) {
      case "Deployment" -> Optional.of(deployment(live));
      case "ReplicaSet" -> Optional.of(replicaSet(live));
      case "StatefulSet" -> Optional.of(statefulSet(live));
      case "DaemonSet" -> Optional.of(daemonSet(live));
      default -> Optional.empty();
    };
  }

  private static Status deployment(JsonObject live) {
    Conditions conditions = new Conditions(live);
    Optional<JsonObject> progressing = conditions.find("Progressing");
    if (progressing
        .filter(it -> it.text("reason").equals("ProgressDeadlineExceeded"))
        .isPresent()) {
      return Status.failed(Conditions.text(progressing.get()));
    }
    long wanted = wanted(live);
    long replicas = count(live, "replicas");
    long updated = count(live, "updatedReplicas");
    long available = count(live, "availableReplicas");
    if (replicas < wanted) {
      return Status.inProgress(replicas + " of " + wanted + " replicas exist");
    }
    if (updated < wanted) {
      return Status.inProgress(updated + " of " + wanted + " replicas are updated");
    }
    if (replicas > wanted) {
      return Status.inProgress((replicas - wanted) + " old replicas are still running");
    }
    if (available < updated) {
      return Status.inProgress(available + " of " + wanted + " replicas are available");
    }
    if (count(live, "readyReplicas") < wanted) {
      return Status.inProgress(
          count(live, "readyReplicas") + " of " + wanted + " replicas are ready");
    }
    boolean hasDeadline =
        live.number("spec", "progressDeadlineSeconds").orElse(Integer.MAX_VALUE)
            != Integer.MAX_VALUE;
    if (hasDeadline
        && progressing
            .filter(
                it -> it.text("status").equals("True") && it.text("reason").equals(NEW_REPLICA_SET))
            .isEmpty()) {
      return Status.inProgress("the new ReplicaSet is not available");
    }
    return conditions.is("Available", "True")
        ? Status.CURRENT
        : Status.inProgress("the Deployment is not available");
  }

  private static Status replicaSet(JsonObject live) {
    Conditions conditions = new Conditions(live);
    if (conditions.is("ReplicaFailure", "True")) {
      return conditions
          .find("ReplicaFailure")
          .map(Conditions::text)
          .map(Status::inProgress)
          .orElseThrow();
    }
    long wanted = wanted(live);
    if (count(live, "fullyLabeledReplicas") < wanted) {
      return Status.inProgress(
          count(live, "fullyLabeledReplicas") + " of " + wanted + " replicas have their labels");
    }
    if (count(live, "availableReplicas") < wanted) {
      return Status.inProgress(
          count(live, "availableReplicas") + " of " + wanted + " replicas are available");
    }
    if (count(live, "readyReplicas") < wanted) {
      return Status.inProgress(
          count(live, "readyReplicas") + " of " + wanted + " replicas are ready");
    }
    return count(live, "replicas") > wanted
        ? Status.inProgress(
            (count(live, "replicas") - wanted) + " replicas too many are still running")
        : Status.CURRENT;
  }

  private static Status statefulSet(JsonObject live) {
    if (live.text("spec", "updateStrategy", "type").equals("OnDelete")) {
      return Status.CURRENT; // whether old Pods remain is the user's decision
    }
    long wanted = wanted(live);
    if (count(live, "replicas") < wanted) {
      return Status.inProgress(count(live, "replicas") + " of " + wanted + " replicas exist");
    }
    if (count(live, "readyReplicas") < wanted) {
      return Status.inProgress(
          count(live, "readyReplicas") + " of " + wanted + " replicas are ready");
    }
    if (count(live, "replicas") > wanted) {
      return Status.inProgress(
          (count(live, "replicas") - wanted) + " replicas too many are still running");
    }
    long partition = live.number("spec", "updateStrategy", "rollingUpdate", "partition").orElse(0);
    if (partition > 0) {
      long toUpdate = Math.max(0, wanted - partition);
      return count(live, "updatedReplicas") < toUpdate
          ? Status.inProgress(
              count(live, "updatedReplicas")
                  + " of "
                  + toUpdate
                  + " replicas of the partition are updated")
          : Status.CURRENT;
    }
    if (count(live, "currentReplicas") < wanted) {
      return Status.inProgress(
          count(live, "currentReplicas")
              + " of "
              + wanted
              + " replicas are of the current revision");
    }
    return live.text("status", "currentRevision").equals(live.text("status", "updateRevision"))
        ? Status.CURRENT
        : Status.inProgress("the new revision is rolling out");
  }

  private static Status daemonSet(JsonObject live) {
    if (live.number("status", "desiredNumberScheduled").isEmpty()
        || live.number("status", "observedGeneration").isEmpty()) {
      return Status.inProgress("its controller has not seen it yet");
    }
    long wanted = count(live, "desiredNumberScheduled");
    if (count(live, "currentNumberScheduled") < wanted) {
      return Status.inProgress(
          count(live, "currentNumberScheduled") + " of " + wanted + " Pods exist");
    }
    if (count(live, "updatedNumberScheduled") < wanted) {
      return Status.inProgress(
          count(live, "updatedNumberScheduled") + " of " + wanted + " Pods are updated");
    }
    if (count(live, "numberAvailable") < wanted) {
      return Status.inProgress(
          count(live, "numberAvailable") + " of " + wanted + " Pods are available");
    }
    return count(live, "numberReady") < wanted
        ? Status.inProgress(count(live, "numberReady") + " of " + wanted + " Pods are ready")
        : Status.CURRENT;
  }

  private static long wanted(JsonObject live) {
    return live.number("spec", "replicas").orElse(1);
  }

  private static long count(JsonObject live, String field) {
    return live.number("status", field).orElse(0);
  }
}
