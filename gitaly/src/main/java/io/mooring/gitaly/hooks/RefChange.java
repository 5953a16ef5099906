package io.mooring.gitaly.hooks;

import org.eclipse.jgit.lib.ObjectId;

/**
 * A reference that moves, begins or ends.
 *
 * @param name full name
 * @param before where it was; only zeros when it begins
 * @param after where it will be; only zeros when it ends
 */
public record RefChange(String name, ObjectId before, ObjectId after) {
  /** As in Git's own hooks: {@code <old> <new> <name>}. */
  public String line() {
    return before.name() + " " + after.name() + " " + name;
  }
}
