package io.mooring.kas.git;

/** What a ref of a repository points to, as far as its advertisement tells. */
public sealed interface RefTip {
  /**
   * The ref exists.
   *
   * @param objectId 40 or 64 lower-case hexadecimal digits; of an annotated tag the tag object, not
   *     what it points to
   */
  record Found(String objectId) implements RefTip {}

  /** There are refs, but not this one. */
  record Missing() implements RefTip {}

  /** There is no ref at all: nothing was pushed yet, or everything was deleted. */
  record EmptyRepository() implements RefTip {}

  /** The failure that a missing ref is for who needs it. */
  public static GitalyException missing(String ref) {
    return new GitalyException(GitalyException.Code.NOT_FOUND, "InfoRefsUploadPack", ref, null);
  }
}
