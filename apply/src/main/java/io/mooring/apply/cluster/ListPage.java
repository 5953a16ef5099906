package io.mooring.apply.cluster;

import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import java.io.InputStream;
import java.util.function.Consumer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * One page of a list, read as it arrives.
 *
 * @param next the token of the next page, empty after the last
 */
record ListPage(String resourceVersion, String next) {
  /** Objects a page; the number kubectl and client-go use. */
  static final int SIZE = 500;

  /** Of an error's body this much is read. */
  static final int MAX_ERROR = 64 << 10;

  static ListPage read(InputStream body, Consumer<JsonObject> items) {
    JsonObject metadata = JsonObject.EMPTY;
    try (JsonParser parser = Json.FACTORY.createParser(ObjectReadContext.empty(), body)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (name.equals("metadata") && token == JsonToken.START_OBJECT) {
          metadata = Json.readObject(parser);
        } else if (name.equals("items") && token == JsonToken.START_ARRAY) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.accept(Json.readObject(parser));
          }
        } else {
          parser.skipChildren();
        }
      }
    }
    return new ListPage(metadata.text("resourceVersion"), metadata.text("continue"));
  }
}
