package io.mooring.gitlab.openapi;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Shows the description of the API to everybody; it holds nothing of this installation. */
@RestController
class OpenApiController {
  private final ApiDocument document;

  OpenApiController(ApiDocument document) {
    this.document = document;
  }

  @GetMapping(path = "/api/v4/openapi.json", produces = MediaType.APPLICATION_JSON_VALUE)
  JsonNode json() {
    return document.json();
  }
}
