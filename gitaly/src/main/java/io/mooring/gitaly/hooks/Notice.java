package io.mooring.gitaly.hooks;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * That a push happened, as GitLab shall hear of it; kept on disk until GitLab took it.
 *
 * @param id name of its file
 * @param glRepository project of the push
 * @param identifier who pushed
 * @param changes lines {@code <old> <new> <name>}
 * @param options push options
 * @param since when it was allowed
 */
public record Notice(
    String id,
    String glRepository,
    String identifier,
    String changes,
    List<String> options,
    Instant since) {
  /** Copies the options. */
  public Notice {
    options = List.copyOf(options);
  }

  static Notice none() {
    return new Notice("", "", "", "", List.of(), Instant.EPOCH);
  }

  Notice with(List<RefChange> done) {
    return new Notice(id, glRepository, identifier, Push.lines(done), options, since);
  }

  /** The body of {@code POST /internal/post_receive}. */
  JsonObject body() {
    var body = new JsonObject();
    body.addProperty("gl_repository", glRepository);
    body.addProperty("identifier", identifier);
    body.addProperty("changes", changes);
    var list = new JsonArray();
    options.forEach(list::add);
    body.add("push_options", list);
    return body;
  }

  /** The content of its file. */
  String toJson() {
    JsonObject file = body();
    file.addProperty("since", since.toString());
    return file.toString();
  }

  /**
   * Reads a file.
   *
   * @throws JsonParseException when it is no notice
   */
  static Notice parse(String id, String json) {
    if (!(JsonParser.parseString(json) instanceof JsonObject file)) {
      throw new JsonParseException("not an object");
    }
    var options = new ArrayList<String>();
    if (file.get("push_options") instanceof JsonArray list) {
      list.forEach(option -> options.add(option.getAsString()));
    }
    return new Notice(
        id,
        text(file, "gl_repository"),
        text(file, "identifier"),
        text(file, "changes"),
        options,
        time(file));
  }

  private static Instant time(JsonObject file) {
    try {
      return Instant.parse(text(file, "since"));
    } catch (java.time.DateTimeException e) {
      throw new JsonParseException("since is not a time", e);
    }
  }

  private static String text(JsonObject file, String name) {
    JsonElement value = file.get(name);
    if (value == null || !value.isJsonPrimitive()) {
      throw new JsonParseException(name + " is missing");
    }
    return value.getAsString();
  }
}
