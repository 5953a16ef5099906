package io.mooring.apply.object;

import java.util.Comparator;
import java.util.Objects;

/**
 * The identity of an object in a cluster, apart from the API version it is read or written in.
 *
 * @param group API group, empty for the core group
 * @param kind kind, never empty
 * @param namespace namespace, empty for cluster-scoped objects
 * @param name name, never empty
 */
public record ObjectRef(String group, String kind, String namespace, String name)
    implements Comparable<ObjectRef> {

  private static final Comparator<ObjectRef> ORDER =
      Comparator.comparing(ObjectRef::namespace)
          .thenComparing(ObjectRef::group)
          .thenComparing(ObjectRef::kind)
          .thenComparing(ObjectRef::name);

  public ObjectRef {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(namespace, "namespace");
    if (kind.isEmpty()) {
      throw new IllegalArgumentException("an object needs a kind");
    }
    if (name.isEmpty()) {
      throw new IllegalArgumentException("an object needs a name");
    }
  }

  /** The same object in another namespace. */
  public ObjectRef in(String other) {
    return new ObjectRef(group, kind, other, name);
  }

  /** Whether this is of the given group and kind. */
  public boolean is(String otherGroup, String otherKind) {
    return group.equals(otherGroup) && kind.equals(otherKind);
  }

  @Override
  public int compareTo(ObjectRef other) {
    return ORDER.compare(this, other);
  }

  /**
   * For people: {@code Deployment.apps shop/web}, {@code ConfigMap shop/settings}, {@code Namespace
   * shop}.
   */
  @Override
  public String toString() {
    String type = group.isEmpty() ? kind : kind + "." + group;
    return type + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
  }
}
