package io.mooring.kas.audit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.mooring.kas.access.Caller;
import io.mooring.kas.access.KubernetesRequest;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A record as names and values, for the log and for GitLab. What is not known is absent. Texts that
 * clients choose are cut, and have no control characters: neither logs nor databases like them.
 */
final class AuditFields {
  /** A path of Kubernetes has a few hundred characters; what is longer is not worth keeping. */
  static final int MAX_PATH = 2048;

  static final int MAX_TEXT = 512;

  private final Map<String, Object> values = new LinkedHashMap<>();

  private AuditFields(AuditRecord record) {
    KubernetesRequest request = record.request();
    Optional<Caller> caller = record.caller();
    put("request_id", record.requestId());
    values.put("time", DateTimeFormatter.ISO_INSTANT.format(record.time()));
    values.put("duration_ms", record.duration().toMillis());
    record.agentId().ifPresent(id -> values.put("agent_id", id));
    record.configProjectId().ifPresent(id -> values.put("config_project_id", id));
    record.credential().ifPresent(kind -> values.put("credential", kind.word()));
    if (caller.isPresent()) {
      values.put("user_id", caller.get().userId());
      put("username", caller.get().username());
      caller.get().jobId().ifPresent(id -> values.put("job_id", id));
      caller.get().projectId().ifPresent(id -> values.put("ci_project_id", id));
    }
    record.identity().ifPresent(identity -> put("identity", identity));
    put("method", request.method());
    values.put("path", clean(request.path(), MAX_PATH));
    put("verb", request.verb());
    put("api_group", request.apiGroup());
    put("api_version", request.apiVersion());
    put("resource", request.resource());
    put("subresource", request.subresource());
    put("namespace", request.namespace());
    put("name", request.name());
    record.status().ifPresent(status -> values.put("status", status));
    values.put("bytes_in", record.bytesIn());
    values.put("bytes_out", record.bytesOut());
    values.put("upgraded", record.upgraded());
    record.refusal().ifPresent(refusal -> put("refusal", refusal));
    put("client_address", record.clientAddress());
    put("user_agent", record.userAgent());
  }

  /** The fields of a record, in the order in which they are read best. */
  static Map<String, Object> of(AuditRecord record) {
    return new AuditFields(record).values;
  }

  /** The body of a delivery. */
  static String json(List<AuditRecord> records) {
    JsonArray all = new JsonArray(records.size());
    for (AuditRecord record : records) {
      JsonObject one = new JsonObject();
      of(record)
          .forEach((name, value) -> {
            switch (value) {
              case Number number -> one.addProperty(name, number);
              case Boolean bool -> one.addProperty(name, bool);
              default -> one.addProperty(name, value.toString());
            }
          });
      all.add(one);
    }
    JsonObject body = new JsonObject();
    body.add("records", all);
    return body.toString();
  }

  private void put(String name, String text) {
    if (!text.isEmpty()) {
      values.put(name, clean(text, MAX_TEXT));
    }
  }

  private static String clean(String text, int limit) {
    String cut = text.length() > limit ? text.substring(0, limit) + "..." : text;
    for (int i = 0; i < cut.length(); i++) {
      if (Character.isISOControl(cut.charAt(i))) {
        return cut.replaceAll("\\p{Cntrl}", "\ufffd");
      }
    }
    return cut;
  }
}
