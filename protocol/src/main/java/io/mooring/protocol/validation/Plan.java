package io.mooring.protocol.validation;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.mooring.wire.validate.ValidateProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;

/** The compiled rules of one message type. */
final class Plan {

  /** One entry a message type of the program, hence bounded. */
  private static final Map<Descriptor, Plan> PLANS = new ConcurrentHashMap<>();

  private final String name;
  private final List<Check> checks;

  private Plan(String name, List<Check> checks) {
    this.name = name;
    this.checks = checks;
  }

  static Plan of(Descriptor type) {
    return PLANS.computeIfAbsent(type, Plan::compile);
  }

  /** Adds what is broken and returns it as one text, empty for "nothing". */
  String run(Message message, String path, List<Violation> violations) {
    if (checks.isEmpty()) {
      return "";
    }
    var findings = new Findings(name, path, violations);
    for (Check check : checks) {
      check.run(message, findings);
    }
    return findings.text();
  }

  // The order is that of protoc-gen-validate: plain fields, oneofs, optional fields.
  private static Plan compile(Descriptor type) {
    var checks = new ArrayList<Check>();
    for (FieldDescriptor field : type.getFields()) {
      if (field.getContainingOneof() == null) {
        FieldCheck.of(field).ifPresent(checks::add);
      }
    }
    for (OneofDescriptor oneof : type.getRealOneofs()) {
      checks.add(OneofCheck.of(oneof));
    }
    for (FieldDescriptor field : type.getFields()) {
      if (field.getContainingOneof() != null && field.getRealContainingOneof() == null) {
        FieldCheck.of(field).ifPresent(checks::add);
      }
    }
    return new Plan(GoName.of(type), List.copyOf(checks));
  }

  /** Whether this type or one it contains has rules at all. */
  static boolean hasRules(Descriptor type) {
    return hasRules(type, new HashSet<>());
  }

  private static boolean hasRules(Descriptor type, Set<Descriptor> seen) {
    return seen.add(type)
        && (type.getRealOneofs().stream()
                .anyMatch(oneof -> oneof.getOptions().hasExtension(ValidateProto.required))
            || type.getFields().stream()
                .anyMatch(field ->
                    field.getOptions().hasExtension(ValidateProto.rules)
                        || (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                            && hasRules(field.getMessageType(), seen))));
  }

  @FunctionalInterface
  interface Check {
    void run(Message message, Findings findings);
  }

  /** What was found in one message. */
  static final class Findings {

    private final String type;
    private final String path;
    private final List<Violation> violations;
    private final StringJoiner texts = new StringJoiner("; ");

    private Findings(String type, String path, List<Violation> violations) {
      this.type = type;
      this.path = path;
      this.violations = violations;
    }

    /** An empty field is the message itself. */
    void add(String goField, String field, ValueRule.Failure failure) {
      String text = "invalid " + type + "." + goField + ": " + failure.reason();
      violations.add(new Violation(pathOf(field), text, failure.expected()));
      texts.add(text);
    }

    void descend(String goField, String field, Message child) {
      String cause = Plan.of(child.getDescriptorForType()).run(child, pathOf(field), violations);
      if (!cause.isEmpty()) {
        texts.add(
            "invalid "
                + type
                + "."
                + goField
                + ": embedded message failed validation | caused by: "
                + cause);
      }
    }

    private String pathOf(String field) {
      return path.isEmpty() || field.isEmpty() ? path + field : path + "." + field;
    }

    private String text() {
      return texts.toString();
    }
  }
}
