package io.mooring.apply.prune;

/**
 * What becomes of the dependents of a pruned object; see the API server's {@code
 * propagationPolicy}.
 */
public enum Propagation {
  ORPHAN("Orphan"),
  BACKGROUND("Background"),
  FOREGROUND("Foreground");

  private final String wireName;

  Propagation(String wireName) {
    this.wireName = wireName;
  }

  /** The value of {@code DeleteOptions.propagationPolicy}. */
  public String wireName() {
    return wireName;
  }
}
