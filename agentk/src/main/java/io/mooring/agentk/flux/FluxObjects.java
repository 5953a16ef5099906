package io.mooring.agentk.flux;

import io.mooring.apply.cluster.ResourceType;
import io.mooring.apply.object.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of Flux and the objects made for one GitRepository (modules.md 2.2).
 *
 * @param agentId noted on every object
 */
record FluxObjects(long agentId) {
  static final ResourceType GIT_REPOSITORY =
      new ResourceType(
          "source.toolkit.fluxcd.io", "v1", "GitRepository", "gitrepositories", true, true);
  static final ResourceType RECEIVER =
      new ResourceType("notification.toolkit.fluxcd.io", "v1", "Receiver", "receivers", true, true);
  static final ResourceType SECRET = new ResourceType("", "v1", "Secret", "secrets", true, false);

  /** Holds the full path of the project that a Receiver waits for. */
  static final String PROJECT = "agent.gitlab.com/project";

  static final String AGENT_ID = "agent.gitlab.com/id";
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** Flux wants a Secret for the address of its webhook; the address is secret enough by itself. */
  JsonObject secret(Repository repository) {
    return object(
        SECRET,
        metadata(ObjectNames.secret(repository.name()), repository, Map.of()),
        "data",
        Map.of("token", ""));
  }

  /** Makes Flux offer a webhook that has it look at the repository. */
  JsonObject receiver(Repository repository, String project) {
    Map<String, @Nullable Object> resource = new LinkedHashMap<>();
    resource.put("apiVersion", GIT_REPOSITORY.apiVersion());
    resource.put("kind", GIT_REPOSITORY.kind());
    resource.put("name", repository.name());
    resource.put("namespace", repository.namespace());
    Map<String, @Nullable Object> spec = new LinkedHashMap<>();
    spec.put("type", "generic");
    spec.put("interval", "5m0s");
    spec.put("resources", List.of(resource));
    spec.put("secretRef", Map.of("name", ObjectNames.secret(repository.name())));
    return object(
        RECEIVER,
        metadata(ObjectNames.receiver(repository.name()), repository, Map.of(PROJECT, project)),
        "spec",
        spec);
  }

  private static JsonObject object(
      ResourceType type,
      Map<String, @Nullable Object> metadata,
      String member,
      Map<String, ? extends @Nullable Object> content) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("apiVersion", type.apiVersion());
    members.put("kind", type.kind());
    members.put("metadata", metadata);
    members.put(member, content);
    return new JsonObject(members);
  }

  private Map<String, @Nullable Object> metadata(
      String name, Repository repository, Map<String, String> further) {
    Map<String, @Nullable Object> annotations = new LinkedHashMap<>();
    annotations.put(MANAGED_BY, "gitlab");
    annotations.put(AGENT_ID, Long.toString(agentId));
    annotations.putAll(further);
    Map<String, @Nullable Object> owner = new LinkedHashMap<>();
    owner.put("apiVersion", GIT_REPOSITORY.apiVersion());
    owner.put("kind", GIT_REPOSITORY.kind());
    owner.put("name", repository.name());
    owner.put("uid", repository.uid());
    owner.put("controller", true);
    owner.put("blockOwnerDeletion", true);
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name);
    metadata.put("namespace", repository.namespace());
    metadata.put("annotations", annotations);
    metadata.put("ownerReferences", List.of(owner));
    return metadata;
  }
}
