package io.mooring.gitlab.webhook;

import io.mooring.gitlab.agent.Agent;
import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Json;
import java.time.Instant;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What receivers are sent (docs/webhooks.md). Thread-safe. */
@Component
class HookBodies {
  private final ExternalUrl external;

  HookBodies(ExternalUrl external) {
    this.external = external;
  }

  /** What happened to an agent. */
  ObjectNode of(Agent agent, Topic topic, String name, Instant at, ObjectNode details) {
    ObjectNode body = body(topic, name, at);
    body.putObject("agent")
        .put("id", agent.id())
        .put("name", agent.name())
        .put(
            "web_url",
            external.of("/" + agent.project().fullPath() + "/-/cluster_agents/" + agent.name()));
    body.putObject("project")
        .put("id", agent.project().id())
        .put("name", agent.project().name())
        .put("path_with_namespace", agent.project().fullPath())
        .put("web_url", external.of("/" + agent.project().fullPath()));
    body.set("details", details);
    return body;
  }

  /** Something that did not happen, by which somebody tries whether it would arrive. */
  ObjectNode test(Topic topic, Instant at) {
    ObjectNode body = body(topic, "test", at);
    body.putNull("agent");
    body.putNull("project");
    body.putObject("details");
    return body;
  }

  private static ObjectNode body(Topic topic, String name, Instant at) {
    return Json.MAPPER
        .createObjectNode()
        .put("object_kind", topic.kind())
        .put("event_name", name)
        .put("at", Json.time(at));
  }
}
