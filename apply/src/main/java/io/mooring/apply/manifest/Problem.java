package io.mooring.apply.manifest;

/**
 * Something a person has to look at, and where. Never holds a value of a Secret.
 *
 * @param position where in the manifests; {@link Position#NONE} when it is not about a file
 * @param message what is wrong, with the offending value
 * @param expected what would be right; empty when the message says all
 */
public record Problem(Position position, String message, String expected) {

  /** A problem whose message says all. */
  public static Problem at(Position position, String message) {
    return new Problem(position, message, "");
  }

  /** {@code shop/web.yaml:14:7: message (expected: ...)}. */
  @Override
  public String toString() {
    String place = position.file().isEmpty() ? "" : position + ": ";
    return place + message + (expected.isEmpty() ? "" : " (expected: " + expected + ")");
  }
}
