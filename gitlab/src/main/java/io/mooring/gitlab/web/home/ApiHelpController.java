package io.mooring.gitlab.web.home;

import io.mooring.gitlab.openapi.ApiDocument;
import io.mooring.gitlab.web.Frame;
import io.mooring.gitlab.web.Layout;
import io.mooring.gitlab.web.Visit;
import io.mooring.gitlab.web.html.Html;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** The REST API for people who look something up. */
@RestController
class ApiHelpController {
  private final Layout layout;
  private final ApiDocument document;

  ApiHelpController(Layout layout, ApiDocument document) {
    this.layout = layout;
    this.document = document;
  }

  @GetMapping("/-/help/api")
  Html show(Visit visit) {
    Map<String, List<Html>> parts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> path : document.json().path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        parts
            .computeIfAbsent(
                operation.getValue().path("tags").path(0).asString(), ignored -> new ArrayList<>())
            .add(row(operation.getKey(), path.getKey(), operation.getValue()));
      }
    }
    return layout.page(
        visit,
        Frame.of("REST API"),
        Html.of(
            "<p>Below <code>/api/v4</code>. For programs: <a href=\"/api/v4/openapi.json\">openapi.json</a>.</p>"),
        Html.each(
            parts.entrySet(),
            part ->
                Html.of(
                    """
                    <section class="card"><h2>{}</h2><div class="table"><table><thead><tr><th scope="col">Request</th>\
                    <th scope="col">What it does</th><th scope="col">Parameters</th></tr></thead><tbody>{}</tbody></table></div></section>
                    """,
                    part.getKey(),
                    Html.join(part.getValue()))));
  }

  private static Html row(String method, String path, JsonNode operation) {
    return Html.of(
        """
        <tr><th scope="row" data-label="Request"><code>{} {}</code></th><td data-label="What it does">{}</td>\
        <td data-label="Parameters">{}</td></tr>
        """,
        method.toUpperCase(Locale.ROOT),
        path,
        operation.path("summary").asString(""),
        String.join(", ", parameters(operation)));
  }

  private static List<String> parameters(JsonNode operation) {
    List<String> names = new ArrayList<>();
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.path("in").asString().equals("query")) {
        names.add(parameter.path("name").asString());
      }
    }
    JsonNode schema =
        operation.path("requestBody").path("content").path("application/json").path("schema");
    names.addAll(schema.path("properties").propertyNames());
    return names;
  }
}
