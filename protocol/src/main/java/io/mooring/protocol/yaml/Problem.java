package io.mooring.protocol.yaml;

/**
 * Something wrong in a document.
 *
 * @param file name of the document as its author knows it
 * @param line counts from 1; 0 when the position is unknown
 * @param column counts from 1; 0 when the position is unknown
 * @param path names from the root, such as {@code gitops.manifest_projects[0].id}; empty at the
 *     root
 * @param message the offending value, or what is wrong
 * @param expected what would be right; empty when the message says all
 */
public record Problem(
    String file, int line, int column, String path, String message, String expected) {
  /** {@code config.yaml:14:7: prune.max_percent: 140 (expected: 0-100)}. */
  @Override
  public String toString() {
    return file
        + (line > 0 ? ":" + line + ":" + column : "")
        + ": "
        + (path.isEmpty() ? "" : path + ": ")
        + message
        + (expected.isEmpty() ? "" : " (expected: " + expected + ")");
  }
}
