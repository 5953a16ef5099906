package io.mooring.apply.inventory;

import io.mooring.apply.object.ObjectRef;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The key of an object in an inventory ConfigMap: {@code <namespace>_<name>_<group>_<kind>}, where
 * a colon in the name of an RBAC object is written {@code __} (kubernetes-sigs/cli-utils,
 * ObjMetadata).
 */
public final class InventoryKey {
  private static final char SEPARATOR = '_';
  private static final Pattern CONFIG_MAP_KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");
  private static final Set<String> NAMED_WITH_COLONS =
      Set.of("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding");

  private InventoryKey() {}

  /** The key of an object, or nothing when the object cannot be kept in an inventory. */
  public static Optional<String> encode(ObjectRef ref) {
    boolean colons =
        ref.group().equals("rbac.authorization.k8s.io") && NAMED_WITH_COLONS.contains(ref.kind());
    String name = colons ? ref.name().replace(":", "__") : ref.name();
    String key = String.join("_", ref.namespace(), name, ref.group(), ref.kind());
    boolean readable =
        CONFIG_MAP_KEY.matcher(key).matches() && decode(key).filter(ref::equals).isPresent();
    return readable ? Optional.of(key) : Optional.empty();
  }

  /** The object a key names, or nothing when it names none. */
  public static Optional<ObjectRef> decode(String key) {
    int namespaceEnd = key.indexOf(SEPARATOR);
    int kindStart = key.lastIndexOf(SEPARATOR);
    int groupStart = kindStart < 1 ? -1 : key.lastIndexOf(SEPARATOR, kindStart - 1);
    if (namespaceEnd < 0 || groupStart <= namespaceEnd) {
      return Optional.empty();
    }
    String name = key.substring(namespaceEnd + 1, groupStart).replace("__", ":");
    String kind = key.substring(kindStart + 1);
    if (name.isEmpty() || kind.isEmpty() || name.indexOf(SEPARATOR) >= 0) {
      return Optional.empty();
    }
    return Optional.of(
        new ObjectRef(
            key.substring(groupStart + 1, kindStart), kind, key.substring(0, namespaceEnd), name));
  }
}
