package io.mooring.kas.gitops;

/**
 * A glob that cannot be used. The message names the glob, the position counted from 1, and what was
 * expected.
 */
final class BadGlobException extends Exception {
  private static final long serialVersionUID = 1L;

  BadGlobException(String glob, int position, String expected) {
    super(
        "syntax error in glob \""
            + shown(glob)
            + "\" at character "
            + (position + 1)
            + " (expected: "
            + expected
            + ")");
  }

  private static String shown(String glob) {
    int length = Math.min(glob.length(), 200);
    return glob.substring(0, length).replace("\n", "\\n") + (length < glob.length() ? "..." : "");
  }
}
