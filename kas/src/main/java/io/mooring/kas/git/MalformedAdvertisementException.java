package io.mooring.kas.git;

/**
 * The bytes are no ref advertisement. The message says what was found at which offset, and what was
 * expected.
 */
final class MalformedAdvertisementException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedAdvertisementException(long offset, String found, String expected) {
    super(
        "byte " + offset + " of the ref advertisement: " + found + " (expected: " + expected + ")");
  }
}
