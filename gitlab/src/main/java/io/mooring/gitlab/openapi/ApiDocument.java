package io.mooring.gitlab.openapi;

import io.mooring.gitlab.http.ExternalUrl;
import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.http.Release;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.node.ObjectNode;

/** The whole REST API as an OpenAPI document. Thread-safe. */
@Component
public class ApiDocument {
  /** Where the API is. */
  static final String PREFIX = "/api/v4";

  /** {@code {kind:projects|groups}}: one route in code, one path for each word in the document. */
  private static final Pattern CHOICE = Pattern.compile("\\{\\w+:([\\w|]+)}");

  private final RequestMappingHandlerMapping mappings;
  private final ExternalUrl external;

  ApiDocument(
      @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mappings,
      ExternalUrl external) {
    this.mappings = mappings;
    this.external = external;
  }

  /** A route of the API. {@code path} is below {@link #PREFIX}. */
  record Route(String method, String path, HandlerMethod handler) {
    String name() {
      return method + " " + path;
    }
  }

  /** The document. */
  public ObjectNode json() {
    ObjectNode document = Json.MAPPER.createObjectNode().put("openapi", "3.0.3");
    document
        .putObject("info")
        .put("title", "mooring, GitLab's REST API")
        .put("version", Release.VERSION)
        .put(
            "description",
            "Errors are {\"message\": ...} or {\"error\": ...}. Lists are paged by page and per_page,"
                + " and answer X-Total, X-Total-Pages, X-Page, X-Per-Page, X-Next-Page, X-Prev-Page and Link.");
    document.putArray("servers").addObject().put("url", external.of(PREFIX));
    RouteNotes notes = RouteNotes.load();
    var schemas = new Schemas();
    ObjectNode paths = document.putObject("paths");
    for (Route route : routes()) {
      ObjectNode path =
          paths.has(route.path())
              ? (ObjectNode) paths.get(route.path())
              : paths.putObject(route.path());
      path.set(
          route.method().toLowerCase(java.util.Locale.ROOT),
          new Operation(route, notes.of(route.name()), schemas).json());
    }
    Components.add(document.putObject("components"), schemas);
    return document;
  }

  /** Every route of the API, in order of their paths. */
  List<Route> routes() {
    var routes = new ArrayList<Route>();
    for (Map.Entry<RequestMappingInfo, HandlerMethod> entry :
        mappings.getHandlerMethods().entrySet()) {
      for (String pattern : entry.getKey().getPatternValues()) {
        if (pattern.startsWith(PREFIX + "/")) {
          for (RequestMethod method : entry.getKey().getMethodsCondition().getMethods()) {
            for (String path : paths(pattern.substring(PREFIX.length()))) {
              routes.add(new Route(method.name(), path, entry.getValue()));
            }
          }
        }
      }
    }
    routes.sort(Comparator.comparing(Route::path).thenComparing(Route::method));
    return routes;
  }

  /** The paths that a pattern stands for. */
  static List<String> paths(String pattern) {
    Matcher choice = CHOICE.matcher(pattern);
    if (!choice.find()) {
      return List.of(pattern);
    }
    return Pattern.compile("\\|")
        .splitAsStream(choice.group(1))
        .map(word -> choice.replaceFirst(word))
        .toList();
  }
}
