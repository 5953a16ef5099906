package io.mooring.protocol.yaml;

import com.google.protobuf.Message;
import java.util.List;

/**
 * A document that was accepted.
 *
 * @param message what it says; no defaults are filled in
 * @param warnings what its author should look at, such as a key that stands twice
 */
public record Parsed<M extends Message>(M message, List<Problem> warnings) {
  /** Copies the list. */
  public Parsed {
    warnings = List.copyOf(warnings);
  }
}
