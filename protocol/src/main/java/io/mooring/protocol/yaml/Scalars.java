package io.mooring.protocol.yaml;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Scalars of YAML 1.1 as values of protobuf fields, under the mapping of protobuf's JSON. */
final class Scalars {
  private static final Pattern DURATION = Pattern.compile("(-?)([0-9]{1,12})(?:\\.([0-9]{1,9}))?s");
  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]{0,30})(?:\\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?");

  /** Bound of google.protobuf.Duration: about 10,000 years. */
  private static final long MAX_SECONDS = 315_576_000_000L;

  /** Longer values are cut in messages. */
  private static final int MAX_SHOWN = 60;

  private Scalars() {}

  static Optional<Object> value(ScalarNode node, FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case STRING -> text(node).map(Object.class::cast);
      case BOOLEAN ->
          node.getTag().equals(Tag.BOOL) ? Optional.of(isTrue(node.getValue())) : Optional.empty();
      case INT, LONG -> integer(node).flatMap(number -> inRange(number, field));
      case DOUBLE ->
          number(node)
              .map(BigDecimal::doubleValue)
              .filter(Double::isFinite)
              .map(Object.class::cast);
      case FLOAT ->
          number(node).map(BigDecimal::floatValue).filter(Float::isFinite).map(Object.class::cast);
      case ENUM -> enumValue(node, field.getEnumType()).map(Object.class::cast);
      case BYTE_STRING -> text(node).flatMap(Scalars::bytes);
      case MESSAGE -> text(node).flatMap(Scalars::duration);
    };
  }

  static Optional<Object> mapKey(String key, FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case STRING -> Optional.of(key);
      case BOOLEAN ->
          key.equals("true") || key.equals("false")
              ? Optional.of(key.equals("true"))
              : Optional.empty();
      case INT, LONG ->
          JSON_NUMBER.matcher(key).matches()
              ? integral(new BigDecimal(key)).flatMap(number -> inRange(number, field))
              : Optional.empty();
      case DOUBLE, FLOAT, ENUM, BYTE_STRING, MESSAGE -> Optional.empty();
    };
  }

  static String expected(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case STRING -> "a string";
      case BOOLEAN -> "true or false";
      case INT, LONG -> unsigned(field) ? "a whole number, not negative" : "a whole number";
      case DOUBLE, FLOAT -> "a number";
      case ENUM ->
          field.getEnumType().getValues().stream()
              .map(EnumValueDescriptor::getName)
              .collect(Collectors.joining(", "));
      case BYTE_STRING -> "base64";
      case MESSAGE -> "seconds with the suffix s, such as \"300s\"";
    };
  }

  /** The same, with a hint where the value was nearly right. */
  static String expected(FieldDescriptor field, ScalarNode node) {
    boolean quotes =
        field.getJavaType() == FieldDescriptor.JavaType.STRING
            && node.getScalarStyle() == org.yaml.snakeyaml.DumperOptions.ScalarStyle.PLAIN;
    return expected(field) + (quotes ? ", so put it in quotes" : "");
  }

  /** A node as a message shows it. */
  static String shown(Node node) {
    String text =
        switch (node) {
          case ScalarNode scalar ->
              scalar.getValue().isEmpty() ? "an empty value" : scalar.getValue();
          case SequenceNode ignored -> "a list";
          case MappingNode ignored -> "a mapping";
          default -> node.getNodeId().name();
        };
    String cut =
        text.codePointCount(0, text.length()) > MAX_SHOWN
            ? text.substring(0, text.offsetByCodePoints(0, MAX_SHOWN)) + "..."
            : text;
    String tag = node.getTag().getValue();
    return (tag.startsWith(Tag.PREFIX) ? "" : "tag " + tag + " on ")
        + cut.replaceAll("\\p{Cntrl}+", " ");
  }

  private static Optional<String> text(ScalarNode node) {
    Tag tag = node.getTag();
    // Dates stay text, as for the original; so do numbers to the base of 60, which it does not
    // know.
    boolean sexagesimal =
        (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) && node.getValue().indexOf(':') >= 0;
    return tag.equals(Tag.STR) || tag.equals(Tag.TIMESTAMP) || sexagesimal
        ? Optional.of(node.getValue())
        : Optional.empty();
  }

  private static boolean isTrue(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      default -> false;
    };
  }

  private static Optional<BigDecimal> number(ScalarNode node) {
    String value = node.getValue().replace("_", "");
    if (value.length() > MAX_SHOWN || value.indexOf(':') >= 0) {
      return Optional.empty();
    }
    if (node.getTag().equals(Tag.INT)) {
      return Optional.of(new BigDecimal(yamlInteger(value)));
    }
    if (node.getTag().equals(Tag.FLOAT) && value.chars().anyMatch(c -> c >= '0' && c <= '9')) {
      return Optional.of(new BigDecimal(value));
    }
    return node.getTag().equals(Tag.STR)
            && JSON_NUMBER.matcher(value).matches()
            && value.equals(node.getValue())
        ? Optional.of(new BigDecimal(value))
        : Optional.empty();
  }

  private static BigInteger yamlInteger(String value) {
    boolean negative = value.startsWith("-");
    String digits = negative || value.startsWith("+") ? value.substring(1) : value;
    BigInteger magnitude;
    if (digits.startsWith("0b")) {
      magnitude = new BigInteger(digits.substring(2), 2);
    } else if (digits.startsWith("0x")) {
      magnitude = new BigInteger(digits.substring(2), 16);
    } else {
      magnitude = new BigInteger(digits, digits.length() > 1 && digits.startsWith("0") ? 8 : 10);
    }
    return negative ? magnitude.negate() : magnitude;
  }

  private static Optional<BigInteger> integer(ScalarNode node) {
    return number(node).flatMap(Scalars::integral);
  }

  private static Optional<BigInteger> integral(BigDecimal number) {
    // A huge exponent would make a huge integer; nothing in range has more than 20 digits.
    if (number.precision() - number.scale() > 20) {
      return Optional.empty();
    }
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() <= 0 ? Optional.of(stripped.toBigInteger()) : Optional.empty();
  }

  private static Optional<Object> inRange(BigInteger number, FieldDescriptor field) {
    boolean unsigned = unsigned(field);
    int bits = field.getJavaType() == FieldDescriptor.JavaType.INT ? 32 : 64;
    boolean fits =
        unsigned ? number.signum() >= 0 && number.bitLength() <= bits : number.bitLength() < bits;
    if (!fits) {
      return Optional.empty();
    }
    return bits == 32 ? Optional.of(number.intValue()) : Optional.of(number.longValue());
  }

  private static boolean unsigned(FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, UINT64, FIXED32, FIXED64 -> true;
      default -> false;
    };
  }

  private static Optional<EnumValueDescriptor> enumValue(ScalarNode node, EnumDescriptor type) {
    Optional<String> name = text(node);
    if (name.isPresent()) {
      return Optional.ofNullable(type.findValueByName(name.get()));
    }
    return integer(node)
        .filter(number -> number.bitLength() < 32)
        .map(number -> type.findValueByNumber(number.intValue()));
  }

  private static Optional<Object> bytes(String text) {
    try {
      return Optional.of(ByteString.copyFrom(Base64.getDecoder().decode(text)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Object> duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long seconds = Long.parseLong(matcher.group(2));
    String fraction = matcher.group(3) == null ? "" : matcher.group(3);
    int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
    if (seconds > MAX_SECONDS || (seconds == MAX_SECONDS && nanos > 0)) {
      return Optional.empty();
    }
    int sign = matcher.group(1).isEmpty() ? 1 : -1;
    return Optional.of(
        Duration.newBuilder().setSeconds(sign * seconds).setNanos(sign * nanos).build());
  }
}
