package io.mooring.apply.manifest;

import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Judges whether a document names a Kubernetes object; the server judges the rest. */
final class ObjectCheck {
  private static final Pattern API_VERSION =
      Pattern.compile("(?:([a-z0-9](?:[-.a-z0-9]*[a-z0-9])?)/)?([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)");
  private static final Pattern KIND = Pattern.compile("[A-Za-z][A-Za-z0-9]*");
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9](?:[-a-z0-9]*[a-z0-9])?");

  /** The API server's rule for names that become a part of a URL's path. */
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[^/%\\p{Cntrl}]{1,253}");

  private static final String APPLY_TIME_MUTATION = "config.kubernetes.io/apply-time-mutation";

  private final JsonObject content;
  private final Locator locator;
  private final List<Problem> errors;
  private final int errorsBefore;
  private final List<Problem> warnings;

  ObjectCheck(Document document, List<Problem> errors, List<Problem> warnings) {
    this.content = document.content();
    this.locator = document.locator();
    this.errors = errors;
    this.errorsBefore = errors.size();
    this.warnings = warnings;
  }

  Optional<Manifest> manifest() {
    String apiVersion = required(API_VERSION, "group/version such as apps/v1", "apiVersion");
    String kind = required(KIND, "a kind such as Deployment", "kind");
    String name = name();
    String namespace = namespace();
    texts("labels");
    texts("annotations");
    if (content.value("metadata", "annotations", APPLY_TIME_MUTATION).isPresent()) {
      error(
          "metadata.annotations: " + APPLY_TIME_MUTATION + " is not supported",
          "the final value in the manifest",
          "metadata",
          "annotations",
          APPLY_TIME_MUTATION);
    }
    if (errors.size() > errorsBefore) {
      return Optional.empty();
    }
    warnAboutServerFields();
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    ObjectRef ref = new ObjectRef(group, kind, namespace, name);
    return Optional.of(new Manifest(ref, apiVersion, content, locator.at()));
  }

  private String name() {
    if (content.value("metadata", "name").isEmpty()
        && content.value("metadata", "generateName").isPresent()) {
      error(
          "metadata.generateName would make a new object at every apply",
          "metadata.name",
          "metadata",
          "generateName");
      return "";
    }
    return required(NAME, "the object's name", "metadata", "name");
  }

  private String namespace() {
    Object value = content.value("metadata", "namespace").orElse("");
    if (value instanceof String text && (text.isEmpty() || NAMESPACE.matcher(text).matches())) {
      return text;
    }
    error(
        "metadata.namespace: " + shown(value),
        "a name of lower-case letters, digits and -",
        "metadata",
        "namespace");
    return "";
  }

  private String required(Pattern pattern, String expected, String... path) {
    Object value = content.value(path).orElse("");
    if (value instanceof String text && pattern.matcher(text).matches()) {
      return text;
    }
    String shown = "".equals(value) ? " is missing" : ": " + shown(value);
    error(String.join(".", path) + shown, expected, (Object[]) path);
    return "";
  }

  private void texts(String field) {
    Object map = content.value("metadata", field).orElse(Map.of());
    if (!(map instanceof Map<?, ?> entries)) {
      error("metadata." + field + ": " + shown(map), "a map of texts", "metadata", field);
      return;
    }
    entries.forEach((key, value) -> {
      if (!(value instanceof String)) {
        error(
            "metadata." + field + "." + key + ": " + shown(value),
            value == null
                ? "a text; for an empty one: \"\""
                : "a text in quotes: \"" + value + "\"",
            "metadata",
            field,
            (String) key);
      }
    });
  }

  /** What an export from a cluster leaves in a file. */
  private void warnAboutServerFields() {
    for (String field : List.of("resourceVersion", "uid", "managedFields")) {
      if (content.value("metadata", field).isPresent()) {
        warnings.add(
            Problem.at(
                locator.at("metadata", field),
                "metadata." + field + " is the server's and is left out"));
      }
    }
  }

  private void error(String message, String expected, Object... path) {
    errors.add(new Problem(locator.at(path), message, expected));
  }

  /**
   * Short: a wrongly indented block must not fill the report. Metadata never holds a Secret's
   * values.
   */
  private static String shown(@Nullable Object value) {
    String text =
        switch (value) {
          case null -> "null";
          case Map<?, ?> map -> "a map of " + map.size() + " entries";
          case List<?> list -> "a list of " + list.size() + " items";
          default -> value.toString();
        };
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}
