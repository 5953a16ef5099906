package io.mooring.kas.gitlab;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What an administrator lets nobody exceed who uses an agent: member {@code ceiling} of two of
 * GitLab's answers, an addition to the original. A list that is absent is "no limit", an empty one
 * allows nothing.
 *
 * @param projects ids of projects
 * @param groups ids of groups
 * @param identities {@code agent}, {@code impersonate}, {@code ci_job}, {@code user}
 * @param verbs verbs of Kubernetes' authorization
 * @param namespaces names, in which {@code *} stands for any text
 * @param subresources limits requests that name a sub-resource
 * @param nonResourcePaths whether paths that name no resource are allowed
 */
public record CeilingDocument(
    Optional<List<Long>> projects,
    Optional<List<Long>> groups,
    Optional<List<String>> identities,
    Optional<List<String>> verbs,
    Optional<List<String>> namespaces,
    Optional<List<String>> subresources,
    boolean nonResourcePaths) {

  /** No limit at all. */
  public static final CeilingDocument NONE =
      new CeilingDocument(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          true);

  /**
   * Reads the member of an object.
   *
   * @throws GitLabException when it is not what it should be: a limit that nobody understands must
   *     not become none
   */
  static CeilingDocument of(JsonObject owner) throws GitLabException {
    JsonElement member = owner.get("ceiling");
    if (member == null || member.isJsonNull()) {
      return NONE;
    }
    try {
      JsonObject ceiling = member.getAsJsonObject();
      JsonElement paths = ceiling.get("non_resource_paths");
      return new CeilingDocument(
          list(ceiling, "projects", JsonElement::getAsLong),
          list(ceiling, "groups", JsonElement::getAsLong),
          list(ceiling, "identities", JsonElement::getAsString),
          list(ceiling, "verbs", JsonElement::getAsString),
          list(ceiling, "namespaces", JsonElement::getAsString),
          list(ceiling, "subresources", JsonElement::getAsString),
          paths == null || paths.isJsonNull() || isTrue(paths));
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new GitLabException("GitLab gave a ceiling that cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isTrue(JsonElement value) {
    if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
      throw new IllegalStateException("non_resource_paths is " + value + " (expected: a boolean)");
    }
    return value.getAsBoolean();
  }

  private static <T> Optional<List<T>> list(
      JsonObject ceiling, String name, Function<JsonElement, T> read) {
    JsonElement member = ceiling.get(name);
    if (member == null || member.isJsonNull()) {
      return Optional.empty();
    }
    List<T> values = new ArrayList<>();
    for (JsonElement value : member.getAsJsonArray()) {
      if (!value.isJsonPrimitive()) {
        throw new IllegalStateException(name + " holds " + value);
      }
      values.add(read.apply(value));
    }
    return Optional.of(List.copyOf(values));
  }
}
