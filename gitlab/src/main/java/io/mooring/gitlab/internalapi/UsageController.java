package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Takes in what kas counts (gitlab-side.md 1.9 and 1.10). What nobody knows is dropped. */
@RestController
@RequestMapping("/api/v4/internal/kubernetes")
class UsageController {
  private static final Set<String> COUNTERS =
      Set.of(
          "gitops_sync",
          "k8s_api_proxy_request",
          "flux_git_push_notifications_total",
          "k8s_api_proxy_requests_via_ci_access",
          "k8s_api_proxy_requests_via_user_access",
          "k8s_api_proxy_requests_via_pat_access");

  private static final Set<String> UNIQUE =
      Set.of(
          "agent_users_using_ci_tunnel",
          "k8s_api_proxy_requests_unique_users_via_ci_access",
          "k8s_api_proxy_requests_unique_users_via_user_access",
          "k8s_api_proxy_requests_unique_users_via_pat_access",
          "k8s_api_proxy_requests_unique_agents_via_ci_access",
          "k8s_api_proxy_requests_unique_agents_via_user_access",
          "k8s_api_proxy_requests_unique_agents_via_pat_access",
          "flux_git_push_notified_unique_projects");

  /** Names of counters in the flat form of kas before 14.3. */
  private static final Map<String, String> FLAT =
      Map.of(
          "gitops_sync_count", "gitops_sync",
          "k8s_api_proxy_request_count", "k8s_api_proxy_request");

  private static final Set<String> EVENTS =
      Set.of(
          "k8s_api_proxy_requests_unique_users_via_ci_access",
          "k8s_api_proxy_requests_unique_users_via_user_access",
          "k8s_api_proxy_requests_unique_users_via_pat_access",
          "register_agent_at_kas");

  private static final List<String> EVENT_NUMBERS = List.of("user_id", "project_id", "agent_id");
  private static final List<String> EVENT_TEXTS =
      List.of("agent_version", "architecture", "kubernetes_version");
  private static final List<String> TELEMETRY =
      List.of("installation_method", "helm_chart_version");

  private final Usage usage;

  UsageController(Usage usage) {
    this.usage = usage;
  }

  @PostMapping("/usage_metrics")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void usageMetrics(Parameters parameters) {
    Map<String, Long> counters = new TreeMap<>();
    for (var entry : parameters.object("counters").properties()) {
      count(
          "counters[" + entry.getKey() + "]",
          entry.getKey(),
          entry.getValue(),
          counters,
          parameters);
    }
    FLAT.forEach((flat, name) ->
        parameters.node(flat).ifPresent(node -> count(flat, name, node, counters, parameters)));
    Map<String, List<Long>> unique = new TreeMap<>();
    for (var entry : parameters.object("unique_counters").properties()) {
      unique.put(entry.getKey(), items(entry.getKey(), entry.getValue(), parameters));
    }
    parameters.check();
    for (var counter : counters.entrySet()) {
      if (counter.getValue() < 0) {
        throw ApiException.badRequest(
            counter.getKey() + ": " + counter.getValue() + " is negative (expected: 0 or more)");
      }
    }
    counters.keySet().retainAll(COUNTERS);
    counters.values().removeIf(value -> value == 0);
    unique.keySet().retainAll(UNIQUE);
    usage.add(counters, unique);
  }

  @PostMapping("/agent_events")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void agentEvents(Parameters parameters) {
    ObjectNode lists = parameters.requiredObject("events");
    Map<String, List<ObjectNode>> events = new TreeMap<>();
    for (String name : EVENTS) {
      JsonNode list = lists.path(name);
      if (!list.isMissingNode() && !list.isArray()) {
        parameters.refuse("events[" + name + "] is invalid");
      }
      for (JsonNode node : list) {
        events
            .computeIfAbsent(name, ignored -> new ArrayList<>())
            .add(event(name, node, parameters));
      }
    }
    parameters.check();
    events.forEach((name, list) -> list.forEach(event -> usage.track(name, event)));
  }

  private static void count(
      String path, String name, JsonNode node, Map<String, Long> counters, Parameters parameters) {
    Optional<Long> value = Parameters.wholeNumber(node);
    if (value.isEmpty()) {
      parameters.refuse(path + " is invalid");
    }
    counters.put(name, value.orElse(0L));
  }

  private static List<Long> items(String name, JsonNode node, Parameters parameters) {
    var items = new ArrayList<Long>();
    for (JsonNode item : node) {
      Parameters.wholeNumber(item).ifPresent(items::add);
    }
    if (!node.isArray() || items.size() != node.size()) {
      parameters.refuse("unique_counters[" + name + "] is invalid");
    }
    return items;
  }

  /** The known members of an event; older agents leave some out. */
  private static ObjectNode event(String name, JsonNode node, Parameters parameters) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    for (String key : EVENT_NUMBERS) {
      if (!node.path(key).isMissingNode() && !node.path(key).isNull()) {
        if (node.path(key).isIntegralNumber()) {
          event.set(key, node.path(key));
        } else {
          parameters.refuse("events[" + name + "][" + key + "] is invalid");
        }
      }
    }
    for (String key : EVENT_TEXTS) {
      if (node.path(key).isString()) {
        event.set(key, node.path(key));
      }
    }
    for (String key : TELEMETRY) {
      if (node.path("extra_telemetry_data").path(key).isString()) {
        event.set(key, node.path("extra_telemetry_data").path(key));
      }
    }
    return event;
  }
}
