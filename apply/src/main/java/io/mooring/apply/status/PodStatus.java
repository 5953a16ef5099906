package io.mooring.apply.status;

import io.mooring.apply.object.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules for Pods. */
final class PodStatus {
  /** A new Pod is unschedulable for a moment while its volumes are made; kstatus waits as long. */
  private static final Duration SCHEDULING = Duration.ofSeconds(15);

  private PodStatus() {}

  static Status of(JsonObject pod, Instant now) {
    String phase = pod.text("status", "phase");
    return switch (phase) {
      case "Succeeded" -> Status.CURRENT;
      case "Failed" -> Status.failed("the Pod failed" + reason(pod));
      case "Running" ->
          new Conditions(pod).is("Ready", "True")
              ? Status.CURRENT
              : crashing(pod).orElseGet(() -> Status.inProgress("the Pod runs but is not ready"));
      case "Pending" ->
          unschedulable(pod, now)
              .or(() -> crashing(pod))
              .orElseGet(() -> Status.inProgress("the Pod is pending"));
      default -> Status.inProgress("the Pod has no phase yet");
    };
  }

  private static String reason(JsonObject pod) {
    String text = Conditions.text(pod.object("status"));
    return text.isEmpty() ? "" : ": " + text;
  }

  private static Optional<Status> unschedulable(JsonObject pod, Instant now) {
    return new Conditions(pod)
        .find("PodScheduled")
        .filter(
            it -> it.text("status").equals("False") && it.text("reason").equals("Unschedulable"))
        .map(it ->
            since(it, now).compareTo(SCHEDULING) < 0
                ? Status.inProgress("the Pod is not scheduled yet")
                : Status.failed("the Pod cannot be scheduled: " + Conditions.text(it)));
  }

  private static Duration since(JsonObject condition, Instant now) {
    try {
      return Duration.between(Instant.parse(condition.text("lastTransitionTime")), now);
    } catch (DateTimeParseException e) {
      return Duration.ZERO;
    }
  }

  private static Optional<Status> crashing(JsonObject pod) {
    List<JsonObject> crashing =
        Stream.of("initContainerStatuses", "containerStatuses")
            .flatMap(field -> pod.objects("status", field).stream())
            .filter(it -> it.text("state", "waiting", "reason").equals("CrashLoopBackOff"))
            .toList();
    return crashing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Status.failed(
                "containers crash again and again: "
                    + crashing.stream()
                        .map(it -> it.text("name"))
                        .collect(Collectors.joining(", "))));
  }
}
