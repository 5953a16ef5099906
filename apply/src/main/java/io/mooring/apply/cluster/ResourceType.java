package io.mooring.apply.cluster;

import io.mooring.apply.object.ObjectRef;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A kind as the API server serves it.
 *
 * @param plural its name in URLs
 * @param namespaced whether its objects live in namespaces
 * @param status whether it has a status subresource, so that writes of the object leave the status
 *     alone
 */
public record ResourceType(
    String group, String version, String kind, String plural, boolean namespaced, boolean status) {

  /** {@code v1} or {@code apps/v1}. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Path of all objects of this kind, in one namespace or (with an empty one) in all. */
  public String path(String namespace) {
    String root = group.isEmpty() ? "/api/" + version : "/apis/" + group + "/" + version;
    return root + (namespace.isEmpty() ? "" : "/namespaces/" + encode(namespace)) + "/" + plural;
  }

  /** Path of one object. */
  public String path(ObjectRef ref) {
    return path(ref.namespace()) + "/" + encode(ref.name());
  }

  /** The object of this kind with a name. */
  public ObjectRef ref(String namespace, String name) {
    return new ObjectRef(group, kind, namespaced ? namespace : "", name);
  }

  /** A part of a path or a query. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("%3A", ":");
  }
}
