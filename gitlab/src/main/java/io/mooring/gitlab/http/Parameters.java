package io.mooring.gitlab.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parameters of one request, wherever they stood: query, form or JSON body. Reading a parameter
 * that is missing or of the wrong type is noted and answers a stand-in, so that {@link #check()},
 * which must be called before any value is used, can name all problems at once, as GitLab does. Not
 * thread-safe.
 */
public final class Parameters {
  private static final int MAX_TEXT = 1 << 20; // Characters; file contents have their own path.

  private final ObjectNode values;
  private final Set<String> problems = new LinkedHashSet<>();

  Parameters(ObjectNode values) {
    this.values = values;
  }

  /** Parameters that stood in a JSON object. */
  public static Parameters of(ObjectNode values) {
    return new Parameters(values);
  }

  /** What was given, be it null. */
  public Set<String> names() {
    return Set.copyOf(values.propertyNames());
  }

  /** Whether the parameter was given, be it null. */
  public boolean has(String name) {
    return values.has(name);
  }

  /** The parameter as it came; missing and null are empty. */
  public Optional<JsonNode> node(String name) {
    return Optional.ofNullable(values.get(name)).filter(node -> !node.isNull());
  }

  /** A text; empty when missing. Numbers and booleans count as their text. */
  public Optional<String> text(String name) {
    return node(name)
        .flatMap(node -> {
          if (!node.isValueNode() || !isStorable(node.asString())) {
            problems.add(name + " is invalid");
            return Optional.empty();
          }
          return Optional.of(node.asString());
        });
  }

  /** A text that must be given; may be blank. */
  public String requiredText(String name) {
    requirePresence(name);
    return text(name).orElse("");
  }

  /** One of these words; empty when missing. */
  public Optional<String> word(String name, Set<String> allowed) {
    Optional<String> word = text(name);
    if (word.isPresent() && !allowed.contains(word.get())) {
      problems.add(name + " does not have a valid value");
      return Optional.empty();
    }
    return word;
  }

  /** One of these words, which must be given. */
  public String requiredWord(String name, Set<String> allowed) {
    requirePresence(name);
    return word(name, allowed).orElse("");
  }

  /**
   * A whole number, which may come as text (protobuf JSON writes 64-bit numbers so); empty when
   * missing.
   */
  public Optional<Long> number(String name) {
    return node(name)
        .flatMap(node -> {
          Optional<Long> number = wholeNumber(node);
          if (number.isEmpty()) {
            problems.add(name + " is invalid");
          }
          return number;
        });
  }

  /** A whole number that must be given. */
  public long requiredNumber(String name) {
    requirePresence(name);
    return number(name).orElse(0L);
  }

  /** True or false; empty when missing. */
  public Optional<Boolean> flag(String name) {
    return node(name)
        .flatMap(node ->
            switch (node.asString("")) {
              case "true", "1" -> Optional.of(true);
              case "false", "0" -> Optional.of(false);
              default -> {
                problems.add(name + " is invalid");
                yield Optional.empty();
              }
            });
  }

  /** A day such as {@code 2026-11-23}; empty when missing or blank. */
  public Optional<LocalDate> date(String name) {
    return text(name)
        .filter(text -> !text.isBlank())
        .flatMap(text -> {
          try {
            return Optional.of(LocalDate.parse(text));
          } catch (DateTimeException e) {
            problems.add(name + " is invalid");
            return Optional.empty();
          }
        });
  }

  /**
   * A time such as {@code 2026-11-23T10:00:00Z}, or a day, which begins in UTC; empty when missing.
   */
  public Optional<Instant> time(String name) {
    return text(name)
        .filter(text -> !text.isBlank())
        .flatMap(text -> {
          try {
            return Optional.of(
                text.length() == "2026-11-23".length()
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant());
          } catch (DateTimeException e) {
            problems.add(name + " is invalid (expected: a time such as 2026-11-23T10:00:00Z)");
            return Optional.empty();
          }
        });
  }

  /** A list of texts; one text counts as a list separated by commas. */
  public List<String> texts(String name) {
    Optional<JsonNode> node = node(name).or(() -> node(name + "[]"));
    var texts = new ArrayList<String>();
    if (node.isPresent() && node.get().isArray()) {
      for (JsonNode item : node.get()) {
        if (item.isString() && isStorable(item.asString())) {
          texts.add(item.asString());
        } else {
          problems.add(name + " is invalid");
        }
      }
    } else if (node.isPresent() && node.get().isString()) {
      texts.addAll(List.of(node.get().asString().split(",")));
    } else if (node.isPresent()) {
      problems.add(name + " is invalid");
    }
    return texts;
  }

  /** An object that must be given. */
  public ObjectNode requiredObject(String name) {
    requirePresence(name);
    return object(name);
  }

  /** An object; missing is empty. */
  public ObjectNode object(String name) {
    Optional<JsonNode> node = node(name);
    if (node.isPresent() && !(node.get() instanceof ObjectNode)) {
      problems.add(name + " is invalid");
    }
    return node.filter(ObjectNode.class::isInstance)
        .map(ObjectNode.class::cast)
        .orElseGet(JsonNodeFactory.instance::objectNode);
  }

  /** Notes a problem that the caller found. */
  public void refuse(String problem) {
    problems.add(problem);
  }

  /** What was noted so far, for parameters that stand inside another one. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /**
   * Ends reading.
   *
   * @throws ApiException 400 naming every problem, when there is one
   */
  public void check() {
    if (!problems.isEmpty()) {
      throw ApiException.error(
          org.springframework.http.HttpStatus.BAD_REQUEST, String.join(", ", problems));
    }
  }

  /** A whole number in a JSON value, as a number or as its decimal text. */
  public static Optional<Long> wholeNumber(JsonNode node) {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return Optional.of(node.longValue());
    }
    if (node.isString() && node.asString().matches("-?[0-9]{1,18}")) {
      return Optional.of(Long.parseLong(node.asString()));
    }
    return Optional.empty();
  }

  private void requirePresence(String name) {
    if (node(name).isEmpty()) {
      problems.add(name + " is missing");
    }
  }

  /** PostgreSQL's text cannot hold the NUL character. */
  private static boolean isStorable(String text) {
    return text.indexOf('\0') < 0 && text.length() <= MAX_TEXT;
  }
}
