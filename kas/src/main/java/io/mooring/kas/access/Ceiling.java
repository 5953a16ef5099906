package io.mooring.kas.access;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an administrator lets this caller not exceed, whatever the configuration of the agent says.
 * A list that is absent is "no limit", an empty one allows nothing. Immutable.
 *
 * @param exclusion why the caller is let through with nothing at all
 * @param verbs as Kubernetes' authorization names them; {@code *} is any
 * @param namespaces names, in which {@code *} stands for any text; with such a limit no request
 *     reaches beyond one namespace
 * @param subresources allowed for requests that name one; {@code *} is any
 * @param nonResourcePaths whether paths that name no resource are allowed
 */
public record Ceiling(
    Optional<String> exclusion,
    Optional<List<String>> verbs,
    Optional<List<String>> namespaces,
    Optional<List<String>> subresources,
    boolean nonResourcePaths) {

  /** No limit. */
  public static final Ceiling NONE =
      new Ceiling(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), true);

  private static final String ANY = "*";

  /** They do something in a Pod, though clients with WebSockets ask for them with GET. */
  private static final Set<String> ENTERING = Set.of("exec", "attach", "portforward");

  /**
   * Why a request is beyond the ceiling, as text for a 403; empty when it is not. Costs next to
   * nothing.
   */
  public Optional<String> refusal(KubernetesRequest request) {
    if (exclusion.isPresent()) {
      return exclusion;
    }
    if (this.equals(NONE)) {
      return Optional.empty();
    }
    if (request.isAmbiguous()) {
      return beyond("paths that can be read in one way only", request.path());
    }
    if (!request.resourceRequest() && !nonResourcePaths) {
      return beyond("resources only", request.path());
    }
    String verb = verb(request);
    if (!allows(verbs, verb)) {
      return beyond("the verbs " + shown(verbs), verb.isEmpty() ? request.method() : verb);
    }
    if (!request.resourceRequest()) {
      return Optional.empty();
    }
    String subresource = request.verb().equals("proxy") ? "proxy" : request.subresource();
    if (!subresource.isEmpty() && !allows(subresources, subresource)) {
      return beyond("the sub-resources " + shown(subresources), subresource);
    }
    if (namespaces.isPresent() && !isWithin(namespaces.get(), request.namespace())) {
      return beyond(
          "the namespaces " + shown(namespaces),
          request.namespace().isEmpty() ? "all namespaces" : request.namespace());
    }
    return Optional.empty();
  }

  private static String verb(KubernetesRequest request) {
    if (ENTERING.contains(request.subresource())) {
      return "create";
    }
    return !request.resourceRequest() && request.verb().equals("head") ? "get" : request.verb();
  }

  private static boolean allows(Optional<List<String>> allowed, String value) {
    return allowed.isEmpty() || allowed.get().contains(value) || allowed.get().contains(ANY);
  }

  private static boolean isWithin(List<String> patterns, String namespace) {
    return !namespace.isEmpty()
        && patterns.stream().anyMatch(pattern -> Wildcard.matches(pattern, namespace));
  }

  private static Optional<String> beyond(String allowed, String asked) {
    return Optional.of(
        "the ceiling that the administrator set for this agent allows "
            + allowed
            + " (asked: "
            + asked
            + ")");
  }

  private static String shown(Optional<List<String>> allowed) {
    String text = String.join(", ", allowed.orElse(List.of()));
    return text.isEmpty() ? "(none)" : text;
  }
}
