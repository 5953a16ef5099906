package io.mooring.protocol.yaml;

import com.google.protobuf.Message;
import io.mooring.protocol.validation.Validator;
import io.mooring.protocol.validation.Violation;
import java.util.regex.Pattern;

/** Judges a decoded message by its own validation rules. */
final class Rules {
  // The path stands in front already; this is the same in the words of the original's generated
  // code.
  private static final Pattern SUBJECT = Pattern.compile("^invalid [^:]+: ");

  private Rules() {}

  static void judge(Message message, Findings findings) {
    for (Violation violation : Validator.violations(message)) {
      findings.problem(
          violation.path(),
          SUBJECT.matcher(violation.message()).replaceFirst(""),
          violation.expected());
    }
  }
}
