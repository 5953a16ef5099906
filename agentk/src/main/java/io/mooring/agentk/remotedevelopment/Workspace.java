package io.mooring.agentk.remotedevelopment;

import io.mooring.apply.object.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one workspace between two reports. Its error may be set by any thread, the
 * rest is of the reporting thread.
 */
final class Workspace {
  private final String name;
  private final AtomicReference<@Nullable String> error = new AtomicReference<>();
  private String namespace;
  private String acknowledged = "";
  private String progress = "";
  private @Nullable String reportedError;

  Workspace(String name, String namespace) {
    this.name = name;
    this.namespace = namespace;
  }

  String name() {
    return name;
  }

  String namespace() {
    return namespace;
  }

  void namespace(String value) {
    namespace = value;
  }

  /** The version of its Deployment that GitLab knows. */
  void acknowledge(String version) {
    acknowledged = version;
  }

  /** {@code Terminating}, {@code Terminated}, or empty. */
  void progress(String value) {
    progress = value;
  }

  /** What the last apply failed with; GitLab is told at the next report. */
  void failed(String message) {
    error.set(message);
  }

  /** GitLab has taken the report: what it was told is not told again. */
  void reported() {
    String told = reportedError;
    if (told != null) {
      error.compareAndSet(told, null);
    }
  }

  /**
   * Its part of a report; empty when there is nothing new (modules.md 4).
   *
   * @param deployment as it is now, if there is one
   */
  Optional<JsonObject> report(Optional<JsonObject> deployment) {
    Optional<JsonObject> fresh =
        deployment.filter(
            object -> !object.text("metadata", "resourceVersion").equals(acknowledged));
    reportedError = error.get();
    String told = reportedError;
    if (fresh.isEmpty() && progress.isEmpty() && told == null) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("name", name);
    if (!namespace.isEmpty()) {
      members.put("namespace", namespace);
    }
    fresh.ifPresent(object -> members.put("latest_k8s_deployment_info", object.members()));
    if (!progress.isEmpty()) {
      members.put("termination_progress", progress);
    }
    if (told != null) {
      members.put("error_details", Map.of("error_type", "applier", "error_message", told));
    }
    return Optional.of(new JsonObject(members));
  }
}
