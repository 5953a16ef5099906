package io.mooring.gitlab.ceiling;

import io.mooring.gitlab.http.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Reads a ceiling that somebody wrote. A member that is misspelt would be a limit that is not
 * there, so everything unknown is refused. Not thread-safe.
 */
final class CeilingReader {
  /** More belong under a group or a pattern. */
  static final int MAX_ENTRIES = 500;

  private static final Set<String> MEMBERS =
      new TreeSet<>(
          Set.of(
              "projects",
              "groups",
              "identities",
              "verbs",
              "namespaces",
              "subresources",
              "non_resource_paths"));

  /** Of resources, and the methods of paths that are none. */
  private static final Set<String> VERBS =
      new TreeSet<>(
          Set.of(
              "*",
              "get",
              "list",
              "watch",
              "create",
              "update",
              "patch",
              "delete",
              "deletecollection",
              "head",
              "post",
              "put",
              "options",
              "proxy"));

  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?");

  private static final Pattern SUBRESOURCE = Pattern.compile("[a-z]{1,63}|\\*");

  private final Parameters parameters;

  private CeilingReader(Parameters parameters) {
    this.parameters = parameters;
  }

  /** The ceiling; what is wrong with it is noted in the parameters, and must be checked. */
  static Ceiling read(Parameters parameters) {
    return new CeilingReader(parameters).ceiling();
  }

  private Ceiling ceiling() {
    for (String name : parameters.names()) {
      if (!MEMBERS.contains(name)) {
        parameters.refuse(name + " is unknown (expected: " + String.join(", ", MEMBERS) + ")");
      }
    }
    return new Ceiling(
        list("projects", "the number of a project", CeilingReader::id),
        list("groups", "the number of a group", CeilingReader::id),
        words("identities", Ceiling.IDENTITIES),
        words("verbs", VERBS),
        texts(
            "namespaces",
            "a namespace, or a pattern in which * stands for any text",
            NAMESPACE.asMatchPredicate()),
        texts(
            "subresources",
            "a sub-resource such as log or exec in small letters, or * for all",
            SUBRESOURCE.asMatchPredicate()),
        flag("non_resource_paths"));
  }

  private static Optional<Long> id(JsonNode node) {
    return Parameters.wholeNumber(node).filter(number -> number > 0);
  }

  private Optional<List<String>> words(String name, Set<String> allowed) {
    return texts(name, "one of " + String.join(", ", new TreeSet<>(allowed)), allowed::contains);
  }

  private Optional<List<String>> texts(String name, String expected, Predicate<String> accepted) {
    return list(
        name,
        expected,
        node ->
            Optional.of(node).filter(JsonNode::isString).map(JsonNode::asString).filter(accepted));
  }

  private <T> Optional<List<T>> list(
      String name, String expected, Function<JsonNode, Optional<T>> reader) {
    Optional<JsonNode> node = parameters.node(name);
    if (node.isEmpty()) {
      return Optional.empty();
    }
    if (!node.get().isArray() || node.get().size() > MAX_ENTRIES) {
      parameters.refuse(name + " is not a list (expected: at most " + MAX_ENTRIES + " entries)");
      return Optional.empty();
    }
    var values = new ArrayList<T>();
    int position = 0;
    for (JsonNode item : node.get()) {
      Optional<T> value = reader.apply(item);
      if (value.isEmpty()) {
        parameters.refuse(
            name + "[" + position + "] is " + shown(item) + " (expected: " + expected + ")");
      }
      value.filter(known -> !values.contains(known)).ifPresent(values::add);
      position++;
    }
    return Optional.of(values);
  }

  private Optional<Boolean> flag(String name) {
    Optional<JsonNode> node = parameters.node(name);
    if (node.isPresent() && !node.get().isBoolean()) {
      parameters.refuse(name + " is " + shown(node.get()) + " (expected: true or false)");
      return Optional.empty();
    }
    return node.map(JsonNode::booleanValue);
  }

  private static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}
