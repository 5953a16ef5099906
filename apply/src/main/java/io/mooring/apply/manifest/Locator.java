package io.mooring.apply.manifest;

/** Finds where the parts of a document stand. */
@FunctionalInterface
interface Locator {
  /**
   * The place of a value.
   *
   * @param path member names ({@code String}) and list indexes ({@code Integer}); nothing for the
   *     document itself
   * @return the value's place, or that of the deepest part on the way that exists
   */
  Position at(Object... path);

  /** The same for a part of this document. */
  default Locator below(Object... prefix) {
    return path -> {
      Object[] whole = new Object[prefix.length + path.length];
      System.arraycopy(prefix, 0, whole, 0, prefix.length);
      System.arraycopy(path, 0, whole, prefix.length, path.length);
      return at(whole);
    };
  }
}
