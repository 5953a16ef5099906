package io.mooring.gitlab.openapi;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.mooring.gitlab.http.Json;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The schemas of the types that controllers answer with, each record once. One thread. */
final class Schemas {
  private final Map<String, ObjectNode> records = new TreeMap<>();

  /** All records that were asked for, by name. */
  Map<String, ObjectNode> records() {
    return records;
  }

  /** The schema of a type, or a reference to it. */
  ObjectNode of(Type type) {
    ObjectNode schema = Json.MAPPER.createObjectNode();
    if (type instanceof ParameterizedType parameterized) {
      Class<?> raw = (Class<?>) parameterized.getRawType();
      Type[] arguments = parameterized.getActualTypeArguments();
      if (Collection.class.isAssignableFrom(raw)) {
        schema.put("type", "array").set("items", of(arguments[0]));
      } else if (Map.class.isAssignableFrom(raw)) {
        schema.put("type", "object").set("additionalProperties", of(arguments[1]));
      }
      return schema;
    }
    if (!(type instanceof Class<?> known)) {
      return schema;
    }
    if (known.isRecord()) {
      return schema.put("$ref", "#/components/schemas/" + record(known));
    }
    if (known.isEnum()) {
      ArrayNode values = schema.put("type", "string").putArray("enum");
      Arrays.stream(known.getEnumConstants()).map(String::valueOf).forEach(values::add);
      return schema;
    }
    if (known == String.class) {
      return schema.put("type", "string");
    }
    if (known == Instant.class) {
      return schema.put("type", "string").put("format", "date-time");
    }
    if (known == LocalDate.class) {
      return schema.put("type", "string").put("format", "date");
    }
    if (known == boolean.class || known == Boolean.class) {
      return schema.put("type", "boolean");
    }
    if (known == long.class || known == Long.class) {
      return schema.put("type", "integer").put("format", "int64");
    }
    if (known == int.class || known == Integer.class) {
      return schema.put("type", "integer").put("format", "int32");
    }
    // Whatever else there is, is JSON of no fixed form.
    return known == double.class || known == Double.class ? schema.put("type", "number") : schema;
  }

  private String record(Class<?> type) {
    String name = name(type);
    if (records.containsKey(name)) {
      return name;
    }
    ObjectNode schema = Json.MAPPER.createObjectNode().put("type", "object");
    records.put(name, schema);
    ArrayNode required = Json.MAPPER.createArrayNode();
    ObjectNode properties = schema.putObject("properties");
    for (RecordComponent component : type.getRecordComponents()) {
      String property = property(component);
      ObjectNode value = of(component.getGenericType());
      if (isNullable(component.getAnnotatedType())) {
        value = nullable(value);
      } else {
        required.add(property);
      }
      properties.set(property, value);
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return name;
  }

  /** In OpenAPI 3.0 nothing may stand beside a reference. */
  private static ObjectNode nullable(ObjectNode schema) {
    if (!schema.has("$ref")) {
      return schema.put("nullable", true);
    }
    ObjectNode wrapped = Json.MAPPER.createObjectNode().put("nullable", true);
    wrapped.putArray("allOf").add(schema);
    return wrapped;
  }

  private static boolean isNullable(AnnotatedType type) {
    return type.isAnnotationPresent(Nullable.class);
  }

  /** The class without its package: records of one name in two controllers differ by those. */
  private static String name(Class<?> type) {
    return type.getName()
        .substring(type.getPackageName().length() + 1)
        .replace("Controller", "")
        .replace("$", "");
  }

  private static String property(RecordComponent component) {
    JsonProperty own = component.getAccessor().getAnnotation(JsonProperty.class);
    return own == null
        ? component.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT)
        : own.value();
  }
}
