package io.mooring.gitlab.openapi;

import io.mooring.gitlab.http.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;

/** How callers of a path prove who they are, and which part of the API it belongs to. */
final class Security {
  private static final List<String> PEOPLE = List.of("privateToken", "bearer", "session");

  private Security() {}

  static ArrayNode of(String path) {
    ArrayNode ways = Json.MAPPER.createArrayNode();
    schemes(path).forEach(scheme -> ways.addObject().putArray(scheme));
    return ways;
  }

  /** The first word of the path that says what it is about. */
  static String tag(String path) {
    if (path.contains("/cluster_agent")) {
      return "agents";
    }
    if (path.contains("/hooks")) {
      return "webhooks";
    }
    return path.substring(1).split("/", -1)[0];
  }

  private static List<String> schemes(String path) {
    if (path.startsWith("/internal/kubernetes/") || path.startsWith("/internal/agents/")) {
      return List.of("kas");
    }
    if (path.startsWith("/internal/")) {
      return List.of("gitaly");
    }
    if (path.equals("/job") || path.startsWith("/job/")) {
      return List.of("jobToken");
    }
    // PUT /jobs/{id} has its token in the body, and the document itself is everybody's.
    return path.equals("/jobs/{id}") || path.startsWith("/openapi") ? List.of() : PEOPLE;
  }
}
