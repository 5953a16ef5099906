package io.mooring.gitlab.openapi;

import java.util.List;
import java.util.Optional;

/**
 * What people say of a route, where the code does not: a line of {@code routes.txt}.
 *
 * @param route method and path below {@code /api/v4}: {@code GET /user}
 * @param summary what it does
 * @param status of success, when it is not the method's own
 * @param parameters what it takes beside what stands in its path
 */
record RouteNote(
    String route, String summary, Optional<Integer> status, List<Parameter> parameters) {
  RouteNote {
    parameters = List.copyOf(parameters);
  }

  /**
   * A parameter, of the query where nothing is changed and of the body else.
   *
   * @param type {@code string}, {@code integer}, {@code boolean}, {@code date}, {@code time},
   *     {@code list}, {@code objects}, {@code object}, or words with bars between them
   */
  record Parameter(String name, String type, boolean required) {
    /** {@code name}, {@code name:type}, and an exclamation mark when it must be given. */
    static Parameter parse(String text) {
      boolean required = text.endsWith("!");
      String[] parts = (required ? text.substring(0, text.length() - 1) : text).split(":", 2);
      return new Parameter(parts[0], parts.length > 1 ? parts[1] : "string", required);
    }
  }

  /** Reads {@code GET /user | Who calls | 202 | name:type! ...}; the last two may be missing. */
  static RouteNote parse(String line) {
    String[] columns = line.split("\\|\\s|\\s\\|$", -1);
    String status = columns.length > 2 ? columns[2].strip() : "";
    String parameters = columns.length > 3 ? columns[3].strip() : "";
    return new RouteNote(
        columns[0].strip().replaceAll("\\s+", " "),
        columns[1].strip(),
        status.isEmpty() ? Optional.empty() : Optional.of(Integer.parseInt(status)),
        parameters.isEmpty()
            ? List.of()
            : List.of(parameters.split("\\s+")).stream().map(Parameter::parse).toList());
  }
}
