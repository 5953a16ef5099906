package io.mooring.protocol.validation;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;

/** Judges whole messages, with all they contain. */
public final class Validator {

  private Validator() {}

  /** All rules the message breaks; empty is "valid". */
  public static List<Violation> violations(Message message) {
    var violations = new ArrayList<Violation>();
    Plan.of(message.getDescriptorForType()).run(message, "", violations);
    return List.copyOf(violations);
  }

  /**
   * Passes a valid message.
   *
   * @throws InvalidMessageException with all rules the message breaks
   */
  public static void check(Message message) {
    var violations = new ArrayList<Violation>();
    String text = Plan.of(message.getDescriptorForType()).run(message, "", violations);
    if (!violations.isEmpty()) {
      throw new InvalidMessageException(text, violations);
    }
  }
}
