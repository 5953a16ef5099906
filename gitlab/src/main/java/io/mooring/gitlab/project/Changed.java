package io.mooring.gitlab.project;

import java.util.Map;

/** Values before and after a change, as audit events tell of them. */
final class Changed {
  private Changed() {}

  /** Notes a member whose value is another one now. */
  static void note(Map<String, Object> changes, String name, String before, String after) {
    if (!before.equals(after)) {
      changes.put(name, Map.of("from", before, "to", after));
    }
  }
}
