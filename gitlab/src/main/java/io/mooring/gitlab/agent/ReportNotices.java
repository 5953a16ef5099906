package io.mooring.gitlab.agent;

import io.mooring.wire.agentevents.rpc.AgentConnected;
import io.mooring.wire.agentevents.rpc.ObjectRef;
import io.mooring.wire.agentevents.rpc.ObjectState;
import io.mooring.wire.agentevents.rpc.ObjectStates;
import io.mooring.wire.agentevents.rpc.Problem;
import io.mooring.wire.agentevents.rpc.SourceState;
import io.mooring.wire.agentevents.rpc.SyncFinished;
import io.mooring.wire.agentevents.rpc.SyncStarted;
import io.mooring.wire.agentevents.rpc.WarningEvent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What pages are told of a report: the data of each notice (docs/actioncable.md). */
final class ReportNotices {
  /** Pages that show more load it; a message stays under 64 KiB. */
  static final int MAX_ITEMS = 100;

  private ReportNotices() {}

  static ObjectNode configuration(String commitId, List<Problem> problems) {
    ObjectNode data = AgentFeed.data().put("commit_id", commitId);
    problems(data, problems);
    return data;
  }

  static ObjectNode connected(AgentConnected agent) {
    return AgentFeed.data()
        .put("version", agent.getVersion())
        .put("pod_namespace", agent.getPodNamespace())
        .put("pod_name", agent.getPodName());
  }

  static ObjectNode started(SyncStarted sync) {
    return AgentFeed.data()
        .put("project_path", sync.getProjectId())
        .put("commit_id", sync.getCommitId());
  }

  static ObjectNode finished(SyncFinished sync, String outcome) {
    ObjectNode data =
        AgentFeed.data()
            .put("project_path", sync.getProjectId())
            .put("commit_id", sync.getCommitId())
            .put("outcome", outcome)
            .put("message", sync.getMessage())
            .put("applied", sync.getApplied())
            .put("unchanged", sync.getUnchanged())
            .put("pruned", sync.getPruned())
            .put("failed", sync.getFailed());
    problems(data, sync.getProblemsList());
    return data;
  }

  static ObjectNode source(SourceState source) {
    return AgentFeed.data()
        .put("project_path", source.getProjectId())
        .put("commit_id", source.getCommitId())
        .put("outcome", source.getRefusal().isEmpty() ? "delivered" : "refused")
        .put("message", source.getRefusal());
  }

  static ObjectNode states(ObjectStates states) {
    ObjectNode data = summary(states);
    ArrayNode objects = data.putArray("objects");
    for (ObjectState state : states.getStatesList().stream().limit(MAX_ITEMS).toList()) {
      object(objects.addObject(), state.getObject())
          .put("action", text(state.getAction()))
          .put("health", text(state.getHealth()))
          .put("message", state.getMessage());
    }
    return data;
  }

  /** How many objects have which health, of those that changed. */
  static ObjectNode summary(ObjectStates states) {
    ObjectNode data =
        AgentFeed.data()
            .put("project_path", states.getProjectId())
            .put("commit_id", states.getCommitId())
            .put("reset", states.getReset())
            .put("total", states.getStatesCount());
    ObjectNode health = data.putObject("health");
    Map<String, Long> counts =
        states.getStatesList().stream()
            .collect(
                Collectors.groupingBy(
                    state -> text(state.getHealth()), TreeMap::new, Collectors.counting()));
    counts.forEach(health::put);
    return data;
  }

  static ObjectNode warning(WarningEvent warning) {
    ObjectNode data = AgentFeed.data().put("project_path", warning.getProjectId());
    return object(data, warning.getObject())
        .put("reason", warning.getReason())
        .put("message", warning.getMessage())
        .put("count", warning.getCount());
  }

  private static ObjectNode object(ObjectNode node, ObjectRef object) {
    return node.put("group", object.getGroup())
        .put("kind", object.getKind())
        .put("namespace", object.getNamespace())
        .put("name", object.getName());
  }

  private static void problems(ObjectNode data, List<Problem> problems) {
    ArrayNode list = data.putArray("problems");
    problems.stream()
        .limit(MAX_ITEMS)
        .forEach(problem ->
            list.addObject()
                .put("file", problem.getFile())
                .put("line", problem.getLine())
                .put("column", problem.getColumn())
                .put("message", problem.getMessage())
                .put("expected", problem.getExpected()));
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
