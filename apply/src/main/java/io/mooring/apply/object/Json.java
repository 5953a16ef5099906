package io.mooring.apply.object;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Reads and writes JSON trees; see {@link JsonObject} for the types a tree is made of. */
public final class Json {
  /** Depth of a tree; the deepest known schemas of CustomResourceDefinitions need a third of it. */
  public static final int MAX_DEPTH = 200;

  /** For documents of the API server and of manifests alike. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private Json() {}

  /** Hears of a member that stands twice in one object; the later value is kept. */
  @FunctionalInterface
  public interface Duplicates {
    /** Called while the parser stands at the second name. */
    void found(String name, JsonParser at);
  }

  /**
   * Reads one object.
   *
   * @throws tools.jackson.core.JacksonException if it is not JSON, or not an object
   */
  public static JsonObject read(byte[] content) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), content)) {
      parser.nextToken();
      return readObject(parser);
    }
  }

  /** Reads the object whose opening brace the parser stands at. */
  public static JsonObject readObject(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new tools.jackson.core.exc.StreamReadException(
          parser, "a JSON object was expected", parser.currentTokenLocation());
    }
    return new JsonObject(map(parser, (name, at) -> {}));
  }

  /** Reads the value the parser stands at. */
  public static @Nullable Object readValue(JsonParser parser, Duplicates duplicates) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> map(parser, duplicates);
      case START_ARRAY -> list(parser, duplicates);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> real(parser.getDoubleValue());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case null, default ->
          throw new tools.jackson.core.exc.StreamReadException(
              parser, "a JSON value was expected", parser.currentTokenLocation());
    };
  }

  /**
   * A number the way Go's JSON decoder for untyped objects gives it on: whole numbers that fit
   * become integers, so that {@code 1.0} and {@code 1e3} are accepted where the API wants an
   * integer.
   */
  public static Object real(double value) {
    return value == Math.rint(value) && Math.abs(value) < 0x1p63 ? (Object) (long) value : value;
  }

  /** The tree as compact JSON in UTF-8. */
  public static byte[] write(JsonObject object) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      write(generator, object.members());
    }
    return out.toByteArray();
  }

  private static Map<String, @Nullable Object> map(JsonParser parser, Duplicates duplicates) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      if (map.containsKey(name)) {
        duplicates.found(name, parser);
      }
      parser.nextToken();
      map.put(name, readValue(parser, duplicates));
    }
    return map;
  }

  private static List<@Nullable Object> list(JsonParser parser, Duplicates duplicates) {
    List<@Nullable Object> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(readValue(parser, duplicates));
    }
    return list;
  }

  private static Object integer(JsonParser parser) {
    return switch (parser.getNumberType()) {
      case INT, LONG -> parser.getLongValue();
      default -> {
        BigInteger value = parser.getBigIntegerValue();
        yield value.bitLength() <= 64 ? (Object) value : (Object) value.doubleValue();
      }
    };
  }

  private static void write(JsonGenerator generator, @Nullable Object value) {
    switch (value) {
      case null -> generator.writeNull();
      case String text -> generator.writeString(text);
      case Boolean flag -> generator.writeBoolean(flag);
      case Long number -> generator.writeNumber(number);
      case Integer number -> generator.writeNumber(number);
      case BigInteger number -> generator.writeNumber(number);
      case Double number -> generator.writeNumber(number);
      case List<?> list -> {
        generator.writeStartArray();
        list.forEach(item -> write(generator, item));
        generator.writeEndArray();
      }
      case Map<?, ?> map -> {
        generator.writeStartObject();
        map.forEach((name, member) -> {
          generator.writeName((String) name);
          write(generator, member);
        });
        generator.writeEndObject();
      }
      default ->
          throw new IllegalArgumentException("not a value of a JSON tree: " + value.getClass());
    }
  }
}
