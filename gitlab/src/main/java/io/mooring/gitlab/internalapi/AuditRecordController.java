package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.audit.RequestRecords;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.http.Parameters;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes in what kas writes down of the requests it proxied. An addition of ours: an original kas
 * never calls it. A batch is stored whole or, when something in it cannot be read, not at all.
 */
@RestController
class AuditRecordController {
  /** kas sends 500. */
  static final int MAX_RECORDS = 1_000;

  /** Paths and user agents are what a client wrote; what is longer tells nobody more. */
  private static final int MAX_TEXT = 2_048;

  /** PostgreSQL's times end earlier than Java's. */
  private static final int FIRST_YEAR = 1970;

  private static final int LAST_YEAR = 9999;

  private static final Set<String> CREDENTIALS =
      Set.of("ci_job", "personal_access_token", "session_cookie");

  private static final Set<String> TEXTS =
      Set.of(
          "username",
          "identity",
          "method",
          "path",
          "verb",
          "api_group",
          "api_version",
          "resource",
          "subresource",
          "namespace",
          "name",
          "refusal",
          "client_address",
          "user_agent");

  private static final Set<String> NUMBERS =
      Set.of(
          "duration_ms",
          "config_project_id",
          "user_id",
          "job_id",
          "ci_project_id",
          "status",
          "bytes_in",
          "bytes_out");

  private final RequestRecords records;

  AuditRecordController(RequestRecords records) {
    this.records = records;
  }

  @PostMapping("/api/v4/internal/kubernetes/audit_records")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void store(Parameters parameters) {
    JsonNode given =
        parameters
            .node("records")
            .orElseThrow(() -> ApiException.error(HttpStatus.BAD_REQUEST, "records is missing"));
    if (!given.isArray() || given.size() > MAX_RECORDS) {
      parameters.refuse("records is invalid (expected: a list of at most " + MAX_RECORDS + ")");
      parameters.check();
    }
    ArrayNode sound = JsonNodeFactory.instance.arrayNode();
    int position = 0;
    for (JsonNode node : given) {
      sound.add(sound(node, "records[" + position++ + "]", parameters));
    }
    parameters.check();
    if (!sound.isEmpty()) {
      records.add(sound);
    }
  }

  private static ObjectNode sound(JsonNode node, String place, Parameters parameters) {
    ObjectNode sound = JsonNodeFactory.instance.objectNode();
    text(node, "request_id")
        .filter(id -> !id.isBlank())
        .ifPresent(id -> sound.put("request_id", id));
    text(node, "time").filter(AuditRecordController::isTime).ifPresent(at -> sound.put("time", at));
    number(node, "agent_id").ifPresent(id -> sound.put("agent_id", id));
    for (String name : new String[] {"request_id", "time", "agent_id"}) {
      if (!sound.has(name)) {
        parameters.refuse(place + "[" + name + "] is " + (node.has(name) ? "invalid" : "missing"));
      }
    }
    for (String name : TEXTS) {
      text(node, name).ifPresent(text -> sound.put(name, text));
    }
    for (String name : NUMBERS) {
      number(node, name).ifPresent(number -> sound.put(name, number));
    }
    text(node, "credential")
        .filter(CREDENTIALS::contains)
        .ifPresent(credential -> sound.put("credential", credential));
    Optional.of(node.path("upgraded"))
        .filter(JsonNode::isBoolean)
        .ifPresent(upgraded -> sound.set("upgraded", upgraded));
    if (sound.path("status").asLong(0) > 999) {
      sound.remove("status");
    }
    return sound;
  }

  /** A text that PostgreSQL can hold. */
  private static Optional<String> text(JsonNode node, String name) {
    return Optional.of(node.path(name))
        .filter(JsonNode::isString)
        .map(JsonNode::asString)
        .map(text -> text.replace("\0", ""))
        .map(text -> text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT));
  }

  private static Optional<Long> number(JsonNode node, String name) {
    return Parameters.wholeNumber(node.path(name)).filter(number -> number >= 0);
  }

  private static boolean isTime(String text) {
    try {
      int year = OffsetDateTime.parse(text).getYear();
      return year >= FIRST_YEAR && year <= LAST_YEAR;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
