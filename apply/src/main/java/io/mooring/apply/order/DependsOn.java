package io.mooring.apply.order;

import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The annotation {@value #ANNOTATION} (kubernetes-sigs/cli-utils): objects that have to be current
 * before this one is applied, and that go only after this one is gone.
 */
public final class DependsOn {
  /** Names the objects, separated by commas. */
  public static final String ANNOTATION = "config.kubernetes.io/depends-on";

  private static final String FORM =
      "<group>/namespaces/<namespace>/<kind>/<name> or <group>/<kind>/<name>, separated by commas; the core group is empty";

  private DependsOn() {}

  /** Thrown for an annotation that cannot be read; its text says what was expected. */
  public static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String text) {
      super(text);
    }
  }

  /** The objects a manifest or live object depends on; none without the annotation. */
  public static Set<ObjectRef> of(JsonObject object) throws MalformedException {
    Set<ObjectRef> refs = new LinkedHashSet<>();
    String text = object.text("metadata", "annotations", ANNOTATION);
    if (text.isBlank()) {
      return refs;
    }
    for (String part : text.split(",", -1)) {
      refs.add(
          parse(part.strip())
              .orElseThrow(() ->
                  new MalformedException(
                      ANNOTATION + ": \"" + part.strip() + "\" (expected: " + FORM + ")")));
    }
    return refs;
  }

  /** One object in the form of the annotation. */
  static String format(ObjectRef ref) {
    return ref.namespace().isEmpty()
        ? ref.group() + "/" + ref.kind() + "/" + ref.name()
        : ref.group() + "/namespaces/" + ref.namespace() + "/" + ref.kind() + "/" + ref.name();
  }

  static Optional<ObjectRef> parse(String text) {
    String[] parts = text.split("/", -1);
    boolean namespaced = parts.length == 5 && parts[1].equals("namespaces");
    if (!namespaced && parts.length != 3) {
      return Optional.empty();
    }
    String namespace = namespaced ? parts[2] : "";
    String kind = parts[parts.length - 2];
    String name = parts[parts.length - 1];
    boolean complete = !kind.isEmpty() && !name.isEmpty() && !(namespaced && namespace.isEmpty());
    return complete
        ? Optional.of(new ObjectRef(parts[0], kind, namespace, name))
        : Optional.empty();
  }
}
