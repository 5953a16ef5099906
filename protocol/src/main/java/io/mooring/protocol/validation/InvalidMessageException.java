package io.mooring.protocol.validation;

import java.io.Serial;
import java.util.List;

/**
 * A message breaks rules. The text lists all of them as the original does, joined by "; " (wire.md
 * 5.1).
 */
public final class InvalidMessageException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  private final transient List<Violation> violations;

  InvalidMessageException(String text, List<Violation> violations) {
    super(text);
    this.violations = List.copyOf(violations);
  }

  /** At least one, in the order of the text. */
  public List<Violation> violations() {
    return violations;
  }
}
