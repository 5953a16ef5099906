package io.mooring.gitlab.broadcast;

import io.mooring.gitlab.http.Json;
import java.time.Instant;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message of ours: {@code {"type","agent_id","at","data"}} (docs/actioncable.md).
 *
 * @param type what happened
 * @param agentId to which agent
 * @param at when it happened, which may be before it was heard of
 * @param data more about it, by type
 */
public record Notice(String type, OptionalLong agentId, Instant at, ObjectNode data) {
  /** A notice about an agent. */
  public static Notice ofAgent(long agentId, String type, Instant at, ObjectNode data) {
    return new Notice(type, OptionalLong.of(agentId), at, data);
  }

  /** A notice about a project. */
  public static Notice ofProject(String type, Instant at, ObjectNode data) {
    return new Notice(type, OptionalLong.empty(), at, data);
  }

  /** The message. */
  public JsonNode json() {
    ObjectNode message = Json.MAPPER.createObjectNode().put("type", type);
    agentId.ifPresent(id -> message.put("agent_id", id));
    message.put("at", at.toString());
    message.set("data", data);
    return message;
  }
}
