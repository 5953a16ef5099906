package io.mooring.protocol.validation;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.mooring.wire.validate.Rules;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a single value must fulfil. The reasons are those of protoc-gen-validate, which the original
 * uses.
 */
@FunctionalInterface
interface ValueRule {

  /**
   * A value that breaks a rule.
   *
   * @param reason of the original
   * @param expected in our words
   */
  record Failure(String reason, String expected) {}

  Optional<Failure> judge(Object value);

  static List<ValueRule> of(FieldDescriptor field, Rules rules) {
    var result = new ArrayList<ValueRule>();
    if (rules.getMinBytes() > 0) {
      int least = rules.getMinBytes();
      result.add(
          rule(
              value -> bytes(value) >= least,
              "value length must be at least " + least + " bytes",
              least == 1 ? "not empty" : "at least " + least + " bytes"));
    }
    if (rules.getInCount() > 0) {
      List<String> allowed = List.copyOf(rules.getInList());
      result.add(
          rule(
              allowed::contains,
              "value must be in list [" + String.join(" ", allowed) + "]",
              "one of "
                  + String.join(", ", allowed.stream().filter(name -> !name.isEmpty()).toList())));
    }
    if (rules.getUri()) {
      result.add(ValueRule::judgeUri);
    }
    if (rules.hasGt() || rules.hasGte() || rules.hasLte()) {
      result.add(Bounds.of(field, rules));
    }
    return List.copyOf(result);
  }

  private static ValueRule rule(Predicate<Object> holds, String reason, String expected) {
    var failure = Optional.of(new Failure(reason, expected));
    return value -> holds.test(value) ? Optional.empty() : failure;
  }

  private static int bytes(Object value) {
    return value instanceof ByteString bytes
        ? bytes.size()
        : ((String) value).getBytes(StandardCharsets.UTF_8).length;
  }

  private static Optional<Failure> judgeUri(Object value) {
    try {
      return new URI((String) value).isAbsolute()
          ? Optional.empty()
          : Optional.of(new Failure("value must be absolute", "an absolute URI"));
    } catch (URISyntaxException e) {
      return Optional.of(new Failure("value must be a valid URI", "an absolute URI"));
    }
  }

  /** Bounds of a number, or of a duration in seconds. */
  record Bounds(Rules rules, boolean unsigned, Failure failure) implements ValueRule {

    static Bounds of(FieldDescriptor field, Rules rules) {
      boolean duration = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      return new Bounds(
          rules,
          field.getType() == FieldDescriptor.Type.UINT32,
          failure(rules, duration ? "s" : ""));
    }

    private static Failure failure(Rules rules, String unit) {
      if (rules.hasGte() && rules.hasLte()) {
        return new Failure(
            "value must be inside range ["
                + rules.getGte()
                + unit
                + ", "
                + rules.getLte()
                + unit
                + "]",
            rules.getGte() + "-" + rules.getLte() + unit);
      }
      if (rules.hasGt()) {
        return new Failure(
            "value must be greater than " + rules.getGt() + unit,
            "greater than " + rules.getGt() + unit);
      }
      if (rules.hasGte()) {
        return new Failure(
            "value must be greater than or equal to " + rules.getGte() + unit,
            "at least " + rules.getGte() + unit);
      }
      return new Failure(
          "value must be less than or equal to " + rules.getLte() + unit,
          "at most " + rules.getLte() + unit);
    }

    @Override
    public Optional<Failure> judge(Object value) {
      if (value instanceof Duration duration && !Durations.isValid(duration)) {
        return Optional.of(new Failure("value is not a valid duration", "seconds as in \"3600s\""));
      }
      boolean holds =
          (!rules.hasGt() || compare(value, rules.getGt()) > 0)
              && (!rules.hasGte() || compare(value, rules.getGte()) >= 0)
              && (!rules.hasLte() || compare(value, rules.getLte()) <= 0);
      return holds ? Optional.empty() : Optional.of(failure);
    }

    private int compare(Object value, long bound) {
      return switch (value) {
        case Duration duration -> Durations.compare(duration, Durations.fromSeconds(bound));
        case Double number -> Double.compare(number, (double) bound);
        case Integer number when unsigned -> Long.compare(Integer.toUnsignedLong(number), bound);
        case Number number -> Long.compare(number.longValue(), bound);
        default ->
            throw new IllegalStateException(
                "bounds on " + value.getClass() + " (expected: a number)");
      };
    }
  }
}
