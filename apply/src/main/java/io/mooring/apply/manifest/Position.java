package io.mooring.apply.manifest;

/**
 * A place in a file.
 *
 * @param file path inside the repository, empty when unknown
 * @param line counts from 1; 0 is "unknown"
 * @param column counts from 1; 0 is "unknown"
 */
public record Position(String file, int line, int column) {
  /** No known place. */
  public static final Position NONE = new Position("", 0, 0);

  /** {@code shop/web.yaml:14:7}, or just the file when the line is unknown. */
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
