package io.mooring.gitlab.ceiling;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The most that an agent may do for anybody. What is absent is no limit, an empty list lets nothing
 * through.
 *
 * @param projects numbers of projects whose jobs and members the agent may serve
 * @param groups numbers of groups for whose jobs and members, and those of everything below, it may
 * @param identities as whom it may act: {@code agent}, {@code impersonate}, {@code ci_job}, {@code
 *     user}
 * @param verbs of Kubernetes
 * @param namespaces names or patterns with {@code *}
 * @param subresources which of them, of requests that name one
 * @param nonResourcePaths whether paths that are no resource may be called
 */
public record Ceiling(
    Optional<List<Long>> projects,
    Optional<List<Long>> groups,
    Optional<List<String>> identities,
    Optional<List<String>> verbs,
    Optional<List<String>> namespaces,
    Optional<List<String>> subresources,
    Optional<Boolean> nonResourcePaths) {

  /** As whom an agent may act. */
  static final Set<String> IDENTITIES = Set.of("agent", "impersonate", "ci_job", "user");

  public Ceiling {
    projects = projects.map(List::copyOf);
    groups = groups.map(List::copyOf);
    identities = identities.map(List::copyOf);
    verbs = verbs.map(List::copyOf);
    namespaces = namespaces.map(List::copyOf);
    subresources = subresources.map(List::copyOf);
  }

  /**
   * Whether a project may be served.
   *
   * @param groupIds the groups it stands in, with those above
   */
  public boolean admitsProject(long projectId, List<Long> groupIds) {
    return isOpenToAll()
        || projects.filter(listed -> listed.contains(projectId)).isPresent()
        || admitsGroups(groupIds);
  }

  /**
   * Whether a group may be served.
   *
   * @param groupIds the group with those above it
   */
  public boolean admitsGroup(List<Long> groupIds) {
    return isOpenToAll() || admitsGroups(groupIds);
  }

  /** The same without the limits on whom it serves, for an answer in which they are applied. */
  public Ceiling withoutProjectsAndGroups() {
    return new Ceiling(
        Optional.empty(),
        Optional.empty(),
        identities,
        verbs,
        namespaces,
        subresources,
        nonResourcePaths);
  }

  private boolean isOpenToAll() {
    return projects.isEmpty() && groups.isEmpty();
  }

  private boolean admitsGroups(List<Long> groupIds) {
    return groups.filter(listed -> groupIds.stream().anyMatch(listed::contains)).isPresent();
  }

  /** The form in which kas and people read it. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    projects.ifPresent(ids -> numbers(json.putArray("projects"), ids));
    groups.ifPresent(ids -> numbers(json.putArray("groups"), ids));
    identities.ifPresent(texts -> texts(json.putArray("identities"), texts));
    verbs.ifPresent(texts -> texts(json.putArray("verbs"), texts));
    namespaces.ifPresent(texts -> texts(json.putArray("namespaces"), texts));
    subresources.ifPresent(texts -> texts(json.putArray("subresources"), texts));
    nonResourcePaths.ifPresent(flag -> json.put("non_resource_paths", flag));
    return json;
  }

  private static void numbers(ArrayNode array, List<Long> numbers) {
    numbers.forEach(array::add);
  }

  private static void texts(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }
}
