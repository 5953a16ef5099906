package io.mooring.apply.manifest;

import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads the JSON objects of one file, which follow each other with or without space between them.
 */
final class JsonReader {
  private JsonReader() {}

  static boolean looksLikeJson(String text) {
    return text.stripLeading().startsWith("{");
  }

  static List<Document> read(String file, String text, List<Problem> warnings)
      throws MalformedDocumentException {
    List<Document> documents = new ArrayList<>();
    Position last = new Position(file, 1, 1);
    try (JsonParser parser = Json.FACTORY.createParser(ObjectReadContext.empty(), text)) {
      while (parser.nextToken() != null) {
        Position start = place(file, parser);
        last = start;
        int index = (int) parser.currentTokenLocation().getCharOffset();
        Object value =
            Json.readValue(
                parser,
                (name, at) ->
                    warnings.add(
                        Problem.at(
                            place(file, at),
                            "the key \"" + name + "\" stands twice; the last one counts")));
        if (!(value instanceof Map<?, ?> map)) {
          throw new MalformedDocumentException(
              new Problem(
                  start,
                  "the document is not an object",
                  "a Kubernetes object with apiVersion, kind and metadata"));
        }
        String own = text;
        documents.add(new Document(object(map), path -> locate(file, own, index, path)));
      }
    } catch (JacksonException e) {
      throw new MalformedDocumentException(problem(file, e, last));
    }
    return documents;
  }

  /** Reads again up to the value: places are asked for only when something is wrong. */
  private static Position locate(String file, String text, int start, Object... path) {
    int line = TextDecoder.place(file, text, start).line();
    int column = TextDecoder.place(file, text, start).column();
    try (JsonParser parser =
        Json.FACTORY.createParser(ObjectReadContext.empty(), text.substring(start))) {
      parser.nextToken();
      TokenStreamLocation found = parser.currentTokenLocation();
      for (Object step : path) {
        if (!enter(parser, step)) {
          break;
        }
        found = parser.currentTokenLocation();
      }
      int row = found.getLineNr();
      return new Position(file, line + row - 1, found.getColumnNr() + (row == 1 ? column - 1 : 0));
    }
  }

  private static boolean enter(JsonParser parser, Object step) {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean wanted = parser.currentName().equals(step);
        parser.nextToken();
        if (wanted) {
          return true;
        }
        parser.skipChildren();
      }
    } else if (parser.currentToken() == JsonToken.START_ARRAY && step instanceof Integer index) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        if (i == index) {
          return true;
        }
        parser.skipChildren();
      }
    }
    return false;
  }

  private static Position place(String file, JsonParser parser) {
    TokenStreamLocation at = parser.currentTokenLocation();
    return new Position(file, at.getLineNr(), at.getColumnNr());
  }

  /** The library's own text would quote the file, and the file may hold a Secret. */
  private static Problem problem(String file, JacksonException e, Position last) {
    TokenStreamLocation at = e.getLocation();
    Position position =
        at == null || at.getLineNr() < 1
            ? last
            : new Position(file, at.getLineNr(), at.getColumnNr());
    boolean deep = e instanceof tools.jackson.core.exc.StreamConstraintsException;
    return deep
        ? new Problem(position, "the JSON is too deep or too long here", "a flatter document")
        : new Problem(position, "not JSON from here on", "a JSON object, or YAML");
  }

  // Json.readValue makes string keys only.
  @SuppressWarnings("unchecked")
  private static JsonObject object(Map<?, ?> map) {
    return new JsonObject((Map<String, @Nullable Object>) map);
  }
}
