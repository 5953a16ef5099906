package io.mooring.kas.tracker;

import com.google.protobuf.ByteString;
import io.mooring.kas.store.Key;

/** Keys and fields of the agent tracker (redis-observability.md 1). */
final class TrackerKeys {
  static final Key CONNECTED_AGENTS = Key.named("agent_tracker2:connected_agents");

  private TrackerKeys() {}

  static Key byAgent(long agentId) {
    return Key.named("agent_tracker2:conn_by_agent_id:").number(agentId);
  }

  static Key byProject(long projectId) {
    return Key.named("agent_tracker2:conn_by_project_id:").number(projectId);
  }

  static ByteString field(long id) {
    return ByteString.copyFromUtf8(Long.toString(id));
  }
}
