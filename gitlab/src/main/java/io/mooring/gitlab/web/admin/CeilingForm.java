package io.mooring.gitlab.web.admin;

import io.mooring.gitlab.ceiling.Ceiling;
import io.mooring.gitlab.http.Parameters;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/**
 * A ceiling as it stands in the form: what was typed, and what is wrong with it. A member that is
 * not limited has no text.
 *
 * @param texts what was typed, by member; several values are on lines of their own
 * @param otherPaths whether paths that name no resource may be called
 * @param problems by member
 */
record CeilingForm(
    Map<String, String> texts, boolean otherPaths, Map<String, List<String>> problems) {

  /** The form of an agent without a ceiling. */
  static final CeilingForm NO_LIMITS = new CeilingForm(Map.of(), true, Map.of());

  static final String OTHER_PATHS = "non_resource_paths";

  /** Members with lists, in the order of the form. */
  static final List<String> LISTS =
      List.of("projects", "groups", "identities", "verbs", "namespaces", "subresources");

  /** Goes with the name of a list that is limited. */
  private static final String LIMIT = "limit_";

  /** Between what people type; commas and spaces are in no value. */
  private static final String BETWEEN = "[\\s,]+";

  CeilingForm {
    texts = Map.copyOf(texts);
    problems = Map.copyOf(problems);
  }

  /** The form that shows a ceiling. */
  static CeilingForm of(
      Ceiling ceiling, LongFunction<String> projectPath, LongFunction<String> groupPath) {
    Map<String, String> texts = new LinkedHashMap<>();
    ceiling.projects().ifPresent(ids -> texts.put("projects", paths(ids, projectPath)));
    ceiling.groups().ifPresent(ids -> texts.put("groups", paths(ids, groupPath)));
    put(texts, "identities", ceiling.identities());
    put(texts, "verbs", ceiling.verbs());
    put(texts, "namespaces", ceiling.namespaces());
    put(texts, "subresources", ceiling.subresources());
    return new CeilingForm(texts, ceiling.nonResourcePaths().orElse(true), Map.of());
  }

  /** The form as it was sent. */
  static CeilingForm sent(Parameters parameters) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : LISTS) {
      if (parameters.text(LIMIT + name).isPresent()) {
        texts.put(
            name,
            parameters.node(name).filter(node -> node.isString()).isPresent()
                ? parameters.text(name).orElse("")
                : String.join("\n", parameters.texts(name)));
      }
    }
    return new CeilingForm(texts, parameters.text(OTHER_PATHS).isPresent(), Map.of());
  }

  /** The same with what is wrong in it: problems begin with the name of their member. */
  CeilingForm refused(List<String> all) {
    return new CeilingForm(
        texts,
        otherPaths,
        all.stream()
            .collect(
                Collectors.groupingBy(
                    problem -> problem.replaceFirst("[^a-z_].*", ""),
                    Collectors.mapping(
                        problem -> problem.replaceFirst("^[a-z_]+(?:\\[\\d+\\])?:? ", ""),
                        Collectors.toList()))));
  }

  boolean limits(String name) {
    return texts.containsKey(name);
  }

  String text(String name) {
    return texts.getOrDefault(name, "");
  }

  /** The values of a list; empty when it is not limited. */
  Optional<List<String>> values(String name) {
    return Optional.ofNullable(texts.get(name))
        .map(text ->
            Arrays.stream(text.split(BETWEEN, -1)).filter(value -> !value.isEmpty()).toList());
  }

  List<String> problems(String name) {
    return problems.getOrDefault(name, List.of());
  }

  private static String paths(List<Long> ids, LongFunction<String> path) {
    return ids.stream().map(path::apply).collect(Collectors.joining("\n"));
  }

  private static void put(Map<String, String> texts, String name, Optional<List<String>> values) {
    values.ifPresent(list -> texts.put(name, String.join("\n", list)));
  }
}
