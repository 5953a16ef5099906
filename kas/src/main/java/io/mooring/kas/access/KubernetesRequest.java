package io.mooring.kas.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * What a request asks of the Kubernetes API, read from its method, path and query as an API server
 * reads it for authorization (RequestInfo), so that a ceiling judges what the cluster will do.
 * Members that do not apply are empty.
 *
 * @param method HTTP method as sent
 * @param verb {@code get}, {@code list}, {@code watch}, {@code create}, {@code update}, {@code
 *     patch}, {@code delete}, {@code deletecollection}, {@code proxy}; empty for a method that no
 *     resource knows; of other paths the method in lower case
 * @param resourceRequest whether the path names a resource
 * @param apiGroup empty for the core group
 * @param apiVersion version of the group
 * @param namespace empty for cluster-wide requests; of a namespace itself its name
 * @param resource plural name
 * @param subresource such as {@code exec}, {@code log}, {@code proxy}
 * @param name of one object, from the path or the field selector {@code metadata.name}
 * @param path decoded, without the query
 */
public record KubernetesRequest(
    String method,
    String verb,
    boolean resourceRequest,
    String apiGroup,
    String apiVersion,
    String namespace,
    String resource,
    String subresource,
    String name,
    String path) {

  private static final String CORE = "api";
  private static final String GROUPS = "apis";

  /** Verbs in front of the resource, older than {@code ?watch=true} and subresource proxy. */
  private static final Set<String> PATH_VERBS = Set.of("watch", "proxy");

  /** What may follow a namespace's name and is no resource in it. */
  private static final Set<String> NAMESPACE_SUBRESOURCES = Set.of("status", "finalize");

  /**
   * Reads a request.
   *
   * @param decodedPath path after percent-decoding, beginning with a slash, without the prefix of
   *     kas
   * @param query decoded values of a query parameter, empty when it is absent
   */
  public static KubernetesRequest of(
      String method, String decodedPath, Function<String, List<String>> query) {
    List<String> parts = parts(decodedPath);
    boolean core = !parts.isEmpty() && parts.getFirst().equals(CORE);
    boolean grouped = !parts.isEmpty() && parts.getFirst().equals(GROUPS);
    if (!(core && parts.size() >= 3) && !(grouped && parts.size() >= 4)) {
      return other(method, decodedPath);
    }
    String group = core ? "" : parts.get(1);
    List<String> rest = parts.subList(core ? 1 : 2, parts.size());
    String version = rest.getFirst();
    rest = rest.subList(1, rest.size());
    String verb = verb(method);
    if (PATH_VERBS.contains(rest.getFirst())) {
      if (rest.size() < 2) {
        // An API server answers this with an error.
        return other(method, decodedPath);
      }
      verb = rest.getFirst();
      rest = rest.subList(1, rest.size());
    }
    String namespace = "";
    if (rest.getFirst().equals("namespaces") && rest.size() > 1) {
      namespace = rest.get(1);
      if (rest.size() > 2 && !NAMESPACE_SUBRESOURCES.contains(rest.get(2))) {
        rest = rest.subList(2, rest.size());
      }
    }
    String subresource = rest.size() > 2 && !verb.equals("proxy") ? rest.get(2) : "";
    String name = rest.size() > 1 ? rest.get(1) : "";
    if (name.isEmpty() && verb.equals("get")) {
      verb = isWatch(query.apply("watch")) ? "watch" : "list";
      name = selectedName(query.apply("fieldSelector"));
    } else if (name.isEmpty() && verb.equals("delete")) {
      verb = "deletecollection";
    }
    return new KubernetesRequest(
        method,
        verb,
        true,
        group,
        version,
        namespace,
        rest.getFirst(),
        subresource,
        name,
        decodedPath);
  }

  /**
   * Whether the path has segments that a server may read in more than one way: empty ones, {@code
   * .} or {@code ..}, a backslash.
   */
  boolean isAmbiguous() {
    String inner = trimmed(path);
    return path.indexOf('\\') >= 0
        || Arrays.stream(inner.split("/", -1))
            .anyMatch(part ->
                (part.isEmpty() && !inner.isEmpty()) || part.equals(".") || part.equals(".."));
  }

  private static KubernetesRequest other(String method, String path) {
    return new KubernetesRequest(
        method, method.toLowerCase(Locale.ROOT), false, "", "", "", "", "", "", path);
  }

  private static List<String> parts(String path) {
    String inner = trimmed(path);
    return inner.isEmpty() ? List.of() : List.of(inner.split("/", -1));
  }

  private static String trimmed(String path) {
    int from = 0;
    int to = path.length();
    while (from < to && path.charAt(from) == '/') {
      from++;
    }
    while (to > from && path.charAt(to - 1) == '/') {
      to--;
    }
    return path.substring(from, to);
  }

  private static String verb(String method) {
    return switch (method) {
      case "POST" -> "create";
      case "GET", "HEAD" -> "get";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> "";
    };
  }

  /** Anything but absence, {@code false} and {@code 0} is true, an empty value too. */
  private static boolean isWatch(List<String> values) {
    return !values.isEmpty()
        && !values.getFirst().equalsIgnoreCase("false")
        && !values.getFirst().equals("0");
  }

  private static String selectedName(List<String> selectors) {
    if (selectors.isEmpty()) {
      return "";
    }
    for (String term : selectors.getFirst().split(",", -1)) {
      String[] sides = term.split("==?", 2);
      if (sides.length == 2
          && sides[0].strip().equals("metadata.name")
          && sides[1].indexOf('/') < 0
          && sides[1].indexOf('%') < 0) {
        return sides[1].strip();
      }
    }
    return "";
  }
}
