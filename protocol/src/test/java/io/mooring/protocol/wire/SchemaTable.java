package io.mooring.protocol.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The table schema.txt.
 *
 * @param entries lines of each "message NAME", "enum NAME" and "service NAME", with JSON names
 *     written out
 */
record SchemaTable(Map<String, List<String>> entries) {

  private static final Pattern FIELD =
      Pattern.compile(
          "(\\d+) (\\w+) (?:(rep|opt) )?([\\w.<>,]+)(?: \\[[^]]*])?(?: oneof=(\\w+))?.*");

  /** A field as the documents describe it. Types of other packages have their full name. */
  record Field(int number, String name, boolean repeated, String type, Optional<String> oneof) {

    static Optional<Field> parse(String line) {
      var matcher = FIELD.matcher(line);
      return matcher.matches()
          ? Optional.of(
              new Field(
                  Integer.parseInt(matcher.group(1)),
                  matcher.group(2),
                  "rep".equals(matcher.group(3)),
                  matcher.group(4),
                  Optional.ofNullable(matcher.group(5))))
          : Optional.empty();
    }
  }

  static SchemaTable read() {
    var entries = new LinkedHashMap<String, List<String>>();
    String packageName = "";
    boolean json = false;
    List<String> current = new ArrayList<>();
    for (String line : lines("schema.txt")) {
      String[] words = line.split(" ", 3);
      switch (words[0]) {
        case "package" -> {
          packageName = words[1];
          json = words.length > 2;
        }
        case "message", "service", "enum" -> {
          current = new ArrayList<>();
          if (words.length > 2) {
            current.addAll(List.of(words[2].split(" ")));
          }
          entries.put(words[0] + " " + packageName + "." + words[1], current);
        }
        default -> current.add(withJsonName(line, json));
      }
    }
    return new SchemaTable(entries);
  }

  /** Fields of a message by its full name. */
  List<Field> fields(String message) {
    return Objects.requireNonNull(entries.get("message " + message), message).stream()
        .map(Field::parse)
        .flatMap(Optional::stream)
        .toList();
  }

  boolean hasMessage(String fullName) {
    return entries.containsKey("message " + fullName);
  }

  boolean hasEnum(String fullName) {
    return entries.containsKey("enum " + fullName);
  }

  /** Lines of a resource beside this class, without comments and indentation. */
  static List<String> lines(String resource) {
    var stream = Objects.requireNonNull(SchemaTable.class.getResourceAsStream(resource), resource);
    try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withJsonName(String line, boolean json) {
    return Field.parse(line)
        .filter(field -> !line.contains(" json="))
        .map(field -> line + " json=" + (json ? field.name() : lowerCamelCase(field.name())))
        .orElse(line);
  }

  private static String lowerCamelCase(String name) {
    return Pattern.compile("_(.)")
        .matcher(name)
        .replaceAll(match -> match.group(1).toUpperCase(java.util.Locale.ROOT));
  }
}
