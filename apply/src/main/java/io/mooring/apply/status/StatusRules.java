package io.mooring.apply.status;

import io.mooring.apply.object.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Derives the state of a live object from its own fields, by the rules of kstatus
 * (kubernetes-sigs/cli-utils): first those that hold for every kind, then those of the kind, then
 * the conditions that many kinds share. A kind without any of these is current as soon as it
 * exists.
 */
public final class StatusRules {
  private StatusRules() {}

  /**
   * The state of an object.
   *
   * @param now for kinds that are given some time before they count as failed
   */
  public static Status of(JsonObject live, Instant now) {
    return shared(live).or(() -> byKind(live, now)).orElseGet(() -> ready(live));
  }

  private static Optional<Status> shared(JsonObject live) {
    if (!live.text("metadata", "deletionTimestamp").isEmpty()) {
      return Optional.of(new Status(Health.TERMINATING, "being deleted" + finalizers(live)));
    }
    OptionalLong generation = live.number("metadata", "generation");
    OptionalLong observed = live.number("status", "observedGeneration");
    if (generation.isPresent() && observed.isPresent() && !generation.equals(observed)) {
      return Optional.of(
          Status.inProgress(
              "its controller has seen generation "
                  + observed.getAsLong()
                  + " of "
                  + generation.getAsLong()));
    }
    Conditions conditions = new Conditions(live);
    if (conditions.is("Stalled", "True")) {
      return conditions.find("Stalled").map(Conditions::text).map(Status::failed);
    }
    if (conditions.is("Reconciling", "True")) {
      return conditions.find("Reconciling").map(Conditions::text).map(Status::inProgress);
    }
    return Optional.empty();
  }

  private static String finalizers(JsonObject live) {
    Object finalizers = live.value("metadata", "finalizers").orElse("");
    return finalizers instanceof List<?> list && !list.isEmpty()
        ? ", waits for its finalizers " + list
        : "";
  }

  private static Optional<Status> byKind(JsonObject live, Instant now) {
    String apiVersion = live.text("apiVersion");
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    String kind = live.text("kind");
    return switch (group) {
      case "" -> core(kind, live, now);
      case "apps", "extensions" -> Workloads.of(kind, live);
      case "batch" -> kind.equals("Job") ? Optional.of(job(live)) : Optional.empty();
      case "apiextensions.k8s.io" ->
          kind.equals("CustomResourceDefinition")
              ? Optional.of(definition(live))
              : Optional.empty();
      case "policy" ->
          // Its controller sets no condition; that it has seen the object was checked before.
          kind.equals("PodDisruptionBudget") ? Optional.of(Status.CURRENT) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Status> core(String kind, JsonObject live, Instant now) {
    return switch (kind) {
      case "Pod" -> Optional.of(PodStatus.of(live, now));
      case "PersistentVolumeClaim" -> Optional.of(claim(live));
      case "Service" -> Optional.of(service(live));
      case "Namespace" -> Optional.of(Status.CURRENT);
      default -> Optional.empty();
    };
  }

  private static Status claim(JsonObject live) {
    String phase = live.text("status", "phase");
    return phase.equals("Bound")
        ? Status.CURRENT
        : Status.inProgress(
            "the claim is not bound" + (phase.isEmpty() ? "" : ", phase: " + phase));
  }

  private static Status service(JsonObject live) {
    boolean waits =
        live.text("spec", "type").equals("LoadBalancer")
            && live.text("spec", "clusterIP").isEmpty();
    return waits ? Status.inProgress("the Service has no cluster address yet") : Status.CURRENT;
  }

  private static Status job(JsonObject live) {
    Conditions conditions = new Conditions(live);
    if (conditions.is("Failed", "True")) {
      return conditions.find("Failed").map(Conditions::text).map(Status::failed).orElseThrow();
    }
    if (conditions.is("Complete", "True")) {
      return Status.CURRENT;
    }
    // A running Job is current, as in kstatus: some run for ever.
    return live.text("status", "startTime").isEmpty()
        ? Status.inProgress("the Job has not started")
        : new Status(
            Health.CURRENT,
            "running: %d active, %d succeeded, %d failed"
                .formatted(
                    live.number("status", "active").orElse(0),
                    live.number("status", "succeeded").orElse(0),
                    live.number("status", "failed").orElse(0)));
  }

  private static Status definition(JsonObject live) {
    Conditions conditions = new Conditions(live);
    if (conditions.is("NamesAccepted", "False")) {
      return conditions
          .find("NamesAccepted")
          .map(Conditions::text)
          .map(Status::failed)
          .orElseThrow();
    }
    return conditions.is("Established", "True")
        ? Status.CURRENT
        : Status.inProgress("the type is not served yet");
  }

  /** Any other kind: the condition that most controllers agree on. */
  private static Status ready(JsonObject live) {
    return new Conditions(live)
        .find("Ready")
        .filter(condition -> !condition.text("status").equals("True"))
        .map(condition -> Status.inProgress(Conditions.text(condition)))
        .orElse(Status.CURRENT);
  }
}
