package io.mooring.gitlab.openapi;

import io.mooring.gitlab.http.Json;
import io.mooring.gitlab.openapi.ApiDocument.Route;
import io.mooring.gitlab.openapi.RouteNote.Parameter;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ResponseStatus;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** One route as an operation of the document. */
final class Operation {
  private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
  private static final List<String> ERRORS =
      List.of("400 BadRequest", "401 Unauthorized", "403 Forbidden", "404 NotFound");

  private final Route route;
  private final Optional<RouteNote> note;
  private final Schemas schemas;
  private final Method method;

  Operation(Route route, Optional<RouteNote> note, Schemas schemas) {
    this.route = route;
    this.note = note;
    this.schemas = schemas;
    this.method = route.handler().getMethod();
  }

  ObjectNode json() {
    ObjectNode operation = Json.MAPPER.createObjectNode();
    operation.put("operationId", identifier());
    note.ifPresent(said -> operation.put("summary", said.summary()));
    operation.putArray("tags").add(Security.tag(route.path()));
    ArrayNode parameters = operation.putArray("parameters");
    VARIABLE
        .matcher(route.path())
        .results()
        .map(match -> match.group(1))
        .forEach(name -> pathVariable(parameters, name));
    List<Parameter> taken = note.map(RouteNote::parameters).orElse(List.of());
    if (Set.of("GET", "DELETE").contains(route.method())) {
      taken.forEach(parameter -> query(parameters, parameter));
      if (isPaged() && !isKeyset()) {
        query(parameters, new Parameter("page", "integer", false));
        query(parameters, new Parameter("per_page", "integer", false));
      }
    } else if (!taken.isEmpty()) {
      body(operation.putObject("requestBody"), taken);
    }
    responses(operation.putObject("responses"));
    operation.set("security", Security.of(route.path()));
    return operation;
  }

  private String identifier() {
    String words = route.path().replaceAll("\\{\\w+}", "_").replaceAll("[^a-zA-Z]+", "_");
    return route.method().toLowerCase(java.util.Locale.ROOT)
        + words.replaceAll("_+$", "")
        + (route.path().endsWith("}") ? "_one" : "");
  }

  private void pathVariable(ArrayNode parameters, String name) {
    Type type =
        Arrays.stream(method.getParameters())
            .filter(parameter -> parameter.getName().equals(name))
            .<Type>map(java.lang.reflect.Parameter::getParameterizedType)
            .findFirst()
            .orElse(String.class);
    parameters
        .addObject()
        .put("name", name)
        .put("in", "path")
        .put("required", true)
        .set("schema", schemas.of(type));
  }

  private static void query(ArrayNode parameters, Parameter parameter) {
    parameters
        .addObject()
        .put("name", parameter.name())
        .put("in", "query")
        .put("required", parameter.required())
        .set("schema", schema(parameter.type()));
  }

  private static void body(ObjectNode body, List<Parameter> taken) {
    ObjectNode schema = Json.MAPPER.createObjectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    taken.forEach(parameter -> properties.set(parameter.name(), schema(parameter.type())));
    List<String> required =
        taken.stream().filter(Parameter::required).map(Parameter::name).toList();
    if (!required.isEmpty()) {
      ArrayNode names = schema.putArray("required");
      required.forEach(names::add);
    }
    body.put("required", !required.isEmpty());
    ObjectNode content = body.putObject("content");
    content.putObject("application/json").set("schema", schema);
    content.putObject("application/x-www-form-urlencoded").set("schema", schema.deepCopy());
  }

  private static ObjectNode schema(String type) {
    ObjectNode schema = Json.MAPPER.createObjectNode();
    return switch (type) {
      case "string", "integer", "boolean", "object" -> schema.put("type", type);
      case "date" -> schema.put("type", "string").put("format", "date");
      case "time" -> schema.put("type", "string").put("format", "date-time");
      case "list" -> {
        schema.put("type", "array").putObject("items").put("type", "string");
        yield schema;
      }
      case "objects" -> {
        schema.put("type", "array").putObject("items").put("type", "object");
        yield schema;
      }
      default -> {
        ArrayNode words = schema.put("type", "string").putArray("enum");
        Pattern.compile("\\|").splitAsStream(type).forEach(words::add);
        yield schema;
      }
    };
  }

  private void responses(ObjectNode responses) {
    int status = note.flatMap(RouteNote::status).orElseGet(this::ownStatus);
    ObjectNode success =
        responses
            .putObject(Integer.toString(status))
            .put("description", HttpStatus.valueOf(status).getReasonPhrase());
    if (isPaged()) {
      Components.pagingHeaders(success.putObject("headers"), isKeyset());
    }
    Type body = body();
    if (body != void.class && status != HttpStatus.NO_CONTENT.value()) {
      success
          .putObject("content")
          .putObject(body == String.class ? "application/yaml" : "application/json")
          .set("schema", schemas.of(body));
    }
    for (String error : ERRORS) {
      String[] parts = error.split(" ", 2);
      responses.putObject(parts[0]).put("$ref", "#/components/responses/" + parts[1]);
    }
  }

  private int ownStatus() {
    return Optional.ofNullable(
            AnnotatedElementUtils.findMergedAnnotation(method, ResponseStatus.class))
        .map(annotation -> annotation.code().value())
        .orElse(HttpStatus.OK.value());
  }

  /** What is answered, without what carries it. */
  private Type body() {
    Type type = method.getGenericReturnType();
    return type instanceof ParameterizedType parameterized
            && parameterized.getRawType() == ResponseEntity.class
        ? parameterized.getActualTypeArguments()[0]
        : type;
  }

  /** Lists that go on from a position count nothing. */
  private boolean isKeyset() {
    return note.map(RouteNote::parameters).orElse(List.of()).stream()
        .anyMatch(parameter -> parameter.name().equals("cursor"));
  }

  private boolean isPaged() {
    return method.getReturnType() == ResponseEntity.class
        && body() instanceof ParameterizedType parameterized
        && Collection.class.isAssignableFrom((Class<?>) parameterized.getRawType());
  }
}
