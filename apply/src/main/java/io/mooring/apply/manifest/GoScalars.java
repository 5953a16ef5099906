package io.mooring.apply.manifest;

import io.mooring.apply.object.Json;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * What unquoted words mean, as Go's reader of manifests (go-yaml 2 under sigs.k8s.io/yaml) takes
 * them: YAML 1.1 with {@code yes}, {@code on} and {@code y} as booleans and {@code 010} as eight,
 * but without times and without numbers to the base of sixty, so that {@code 2001-01-01} and {@code
 * 22:22} stay text.
 */
final class GoScalars extends Resolver {
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> NOT_FINITE =
      Set.of(
          ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf",
          "-.Inf", "-.INF");
  private static final Pattern INTEGER =
      Pattern.compile("[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)");
  private static final Pattern REAL =
      Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  /**
   * More digits than any number of an API has; longer ones stay text, so nothing is slow to
   * convert.
   */
  private static final int MAX_DIGITS = 100;

  @Override
  public Tag resolve(NodeId kind, String value, boolean implicit) {
    return switch (kind) {
      case mapping -> Tag.MAP;
      case sequence -> Tag.SEQ;
      default -> implicit ? plain(value) : Tag.STR;
    };
  }

  private static Tag plain(String value) {
    if (NULL.contains(value)) {
      return Tag.NULL;
    }
    if (TRUE.contains(value) || FALSE.contains(value)) {
      return Tag.BOOL;
    }
    if (value.equals("<<")) {
      return Tag.MERGE;
    }
    if (NOT_FINITE.contains(value) || "+-.0123456789".indexOf(value.charAt(0)) >= 0) {
      if (integer(value).isPresent()) {
        return Tag.INT;
      }
      if (NOT_FINITE.contains(value) || real(value).isPresent()) {
        return Tag.FLOAT;
      }
    }
    return Tag.STR;
  }

  static Optional<Boolean> bool(String value) {
    if (TRUE.contains(value)) {
      return Optional.of(true);
    }
    return FALSE.contains(value) ? Optional.of(false) : Optional.empty();
  }

  /** A {@code Long}, or a {@code BigInteger} that fits 64 bits without sign. */
  static Optional<Object> integer(String value) {
    String digits = value.replace("_", "");
    if (digits.length() > MAX_DIGITS || !INTEGER.matcher(digits).matches()) {
      return Optional.empty();
    }
    boolean negative = digits.startsWith("-");
    String unsigned = negative || digits.startsWith("+") ? digits.substring(1) : digits;
    BigInteger magnitude = magnitude(unsigned.toLowerCase(Locale.ROOT));
    BigInteger number = negative ? magnitude.negate() : magnitude;
    if (number.bitLength() < Long.SIZE) {
      return Optional.of(number.longValue());
    }
    return number.compareTo(LEAST) >= 0 && number.compareTo(MOST) <= 0
        ? Optional.of(number)
        : Optional.empty();
  }

  private static BigInteger magnitude(String digits) {
    if (digits.startsWith("0x")) {
      return new BigInteger(digits.substring(2), 16);
    }
    if (digits.startsWith("0b")) {
      return new BigInteger(digits.substring(2), 2);
    }
    if (digits.startsWith("0o")) {
      return new BigInteger(digits.substring(2), 8);
    }
    return digits.length() > 1 && digits.startsWith("0")
        ? new BigInteger(digits, 8)
        : new BigInteger(digits);
  }

  /** A finite number; whole ones come as {@code Long}. */
  static Optional<Object> real(String value) {
    // Go looks for the leading point before it takes the underscores out.
    String digits = value.startsWith(".") ? value : value.replace("_", "");
    if (digits.length() > MAX_DIGITS || !REAL.matcher(digits).matches()) {
      return Optional.empty();
    }
    double number = Double.parseDouble(digits);
    return Double.isInfinite(number) ? Optional.empty() : Optional.of(Json.real(number));
  }
}
