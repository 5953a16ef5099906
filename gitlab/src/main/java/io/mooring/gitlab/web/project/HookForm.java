package io.mooring.gitlab.web.project;

import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.webhook.Topic;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What a browser sends of the form of a webhook, as the API takes it. */
final class HookForm {
  private HookForm() {}

  /** A box that is not ticked is not sent, and an empty token changes nothing. */
  static Parameters parameters(Parameters form) {
    ObjectNode values = Json.MAPPER.createObjectNode();
    for (String name : List.of("url", "name", "token")) {
      form.text(name)
          .filter(text -> !text.isEmpty() || name.equals("name"))
          .ifPresent(text -> values.put(name, text));
    }
    for (Topic topic : Topic.values()) {
      values.put(topic.parameter(), form.has(topic.parameter()));
    }
    return Parameters.of(values);
  }
}
