package io.mooring.gitlab.openapi;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What many operations of the document refer to. */
final class Components {
  private static final List<String> COUNTS =
      List.of(
          "X-Total", "X-Total-Pages", "X-Page", "X-Per-Page", "X-Next-Page", "X-Prev-Page", "Link");

  private Components() {}

  static void add(ObjectNode components, Schemas schemas) {
    ObjectNode all = components.putObject("schemas");
    schemas.records().forEach(all::set);
    ObjectNode error = all.putObject("Error").put("type", "object");
    ObjectNode properties = error.putObject("properties");
    properties.putObject("message").put("description", "a text, or a list of texts for each field");
    properties.putObject("error").put("type", "string");
    ObjectNode responses = components.putObject("responses");
    response(responses, "BadRequest", "What was given is wrong; says what");
    response(responses, "Unauthorized", "Nobody is known by what was sent");
    response(responses, "Forbidden", "Known, but may not");
    response(responses, "NotFound", "There is no such thing, or the caller may not know of it");
    ObjectNode ways = components.putObject("securitySchemes");
    header(ways, "privateToken", "PRIVATE-TOKEN");
    ways.putObject("bearer").put("type", "http").put("scheme", "bearer");
    ways.putObject("session")
        .put("type", "apiKey")
        .put("in", "cookie")
        .put("name", "_gitlab_session")
        .put("description", "Changes need X-CSRF-Token too");
    header(ways, "jobToken", "Job-Token");
    header(ways, "kas", "Gitlab-Kas-Api-Request");
    header(ways, "gitaly", "Gitlab-Shell-Api-Request");
  }

  static void pagingHeaders(ObjectNode headers, boolean keyset) {
    for (String name : keyset ? List.of("X-Per-Page") : COUNTS) {
      headers.putObject(name).putObject("schema").put("type", "string");
    }
  }

  private static void response(ObjectNode responses, String name, String description) {
    responses
        .putObject(name)
        .put("description", description)
        .putObject("content")
        .putObject("application/json")
        .putObject("schema")
        .put("$ref", "#/components/schemas/Error");
  }

  private static void header(ObjectNode ways, String name, String header) {
    ways.putObject(name).put("type", "apiKey").put("in", "header").put("name", header);
  }
}
