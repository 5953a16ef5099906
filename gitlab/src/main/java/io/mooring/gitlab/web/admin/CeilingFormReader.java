package io.mooring.gitlab.web.admin;

import io.mooring.gitlab.ceiling.Ceiling;
import io.mooring.gitlab.ceiling.CeilingChanges;
import io.mooring.gitlab.http.Parameters;
import io.mooring.gitlab.project.Namespace;
import io.mooring.gitlab.project.Namespaces;
import io.mooring.gitlab.project.Project;
import io.mooring.gitlab.project.Projects;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a ceiling of a form. People write full paths where the ceiling has numbers; the rest is
 * read by the rules of the API. Thread-safe.
 */
@Component
class CeilingFormReader {
  private final CeilingChanges changes;
  private final Projects projects;
  private final Namespaces namespaces;

  CeilingFormReader(CeilingChanges changes, Projects projects, Namespaces namespaces) {
    this.changes = changes;
    this.projects = projects;
    this.namespaces = namespaces;
  }

  /** What became of a form. */
  sealed interface Read {
    /** A ceiling that may be set. */
    record Sound(Ceiling ceiling) implements Read {}

    /** The form with what is wrong in it. */
    record Wrong(CeilingForm form) implements Read {}
  }

  Read read(CeilingForm form) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    List<String> problems = new ArrayList<>();
    for (String name : CeilingForm.LISTS) {
      form.values(name)
          .ifPresent(values -> {
            ArrayNode array = json.putArray(name);
            for (String value : values) {
              add(array, name, value, problems);
            }
          });
    }
    if (!form.otherPaths()) {
      json.put(CeilingForm.OTHER_PATHS, false);
    }
    Parameters parameters = Parameters.of(json);
    Ceiling ceiling = changes.read(parameters);
    problems.addAll(parameters.problems());
    return problems.isEmpty() ? new Read.Sound(ceiling) : new Read.Wrong(form.refused(problems));
  }

  private void add(ArrayNode array, String name, String value, List<String> problems) {
    switch (name) {
      case "projects" ->
          number(array, value, name, "the full path of a project", problems, this::project);
      case "groups" ->
          number(array, value, name, "the full path of a group", problems, this::group);
      default -> array.add(value);
    }
  }

  private static void number(
      ArrayNode array,
      String value,
      String name,
      String expected,
      List<String> problems,
      Function<String, Optional<Long>> finder) {
    finder
        .apply(value)
        .ifPresentOrElse(
            array::add,
            () ->
                problems.add(name + ": nothing is at " + value + " (expected: " + expected + ")"));
  }

  private Optional<Long> project(String path) {
    return projects.at(path).map(Project::id);
  }

  private Optional<Long> group(String path) {
    return namespaces.at(path).map(Namespace::id);
  }

  /** The path of a project that a ceiling names; its number when it is gone. */
  String projectPath(long id) {
    return projects.find(id).map(Project::fullPath).orElse(String.valueOf(id));
  }

  /** The path of a group that a ceiling names; its number when it is gone. */
  String groupPath(long id) {
    return namespaces.find(id).map(Namespace::fullPath).orElse(String.valueOf(id));
  }
}
