package io.mooring.apply.ownership;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Amounts such as {@code 0.5} and {@code 500m}, which the server writes in one of several equal
 * forms.
 */
final class Quantities {
  private static final Pattern QUANTITY =
      Pattern.compile(
          "([-+]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+))(n|u|m|k|[MGTPE]|[KMGTPE]i|[eE][-+]?[0-9]{1,2})?");
  private static final Set<String> MAPS =
      Set.of("limits", "requests", "hard", "capacity", "default", "defaultRequest", "max", "min");
  private static final Set<String> FIELDS = Set.of("sizeLimit", "divisor");
  private static final Map<String, BigDecimal> FACTORS =
      Map.ofEntries(
          Map.entry("n", BigDecimal.ONE.movePointLeft(9)),
          Map.entry("u", BigDecimal.ONE.movePointLeft(6)),
          Map.entry("m", BigDecimal.ONE.movePointLeft(3)),
          Map.entry("k", BigDecimal.ONE.movePointRight(3)),
          Map.entry("M", BigDecimal.ONE.movePointRight(6)),
          Map.entry("G", BigDecimal.ONE.movePointRight(9)),
          Map.entry("T", BigDecimal.ONE.movePointRight(12)),
          Map.entry("P", BigDecimal.ONE.movePointRight(15)),
          Map.entry("E", BigDecimal.ONE.movePointRight(18)),
          Map.entry("Ki", binary(1)),
          Map.entry("Mi", binary(2)),
          Map.entry("Gi", binary(3)),
          Map.entry("Ti", binary(4)),
          Map.entry("Pi", binary(5)),
          Map.entry("Ei", binary(6)));

  private Quantities() {}

  /**
   * Whether the server writes quantities of this API in a form of its own. Custom resources keep
   * them as they were written; their groups have a dot, which those of the server's types with
   * quantities have not.
   */
  static boolean areNormalised(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash < 0 || apiVersion.lastIndexOf('.', slash) < 0;
  }

  /** Whether the values of a map of this name are quantities. */
  static boolean isMap(String name) {
    return MAPS.contains(name);
  }

  /** Whether both are quantities, stand where a quantity stands, and mean the same amount. */
  static boolean areEqual(String name, String one, String other) {
    if (!MAPS.contains(name) && !FIELDS.contains(name)) {
      return false;
    }
    Optional<BigDecimal> left = parse(one);
    Optional<BigDecimal> right = parse(other);
    return left.isPresent() && right.isPresent() && left.get().compareTo(right.get()) == 0;
  }

  private static Optional<BigDecimal> parse(String text) {
    Matcher matcher = QUANTITY.matcher(text);
    if (text.length() > 40 || !matcher.matches()) {
      return Optional.empty();
    }
    BigDecimal number = new BigDecimal(matcher.group(1));
    String suffix = matcher.group(2);
    if (suffix == null) {
      return Optional.of(number);
    }
    BigDecimal factor = FACTORS.get(suffix);
    return Optional.of(
        factor == null
            ? number.scaleByPowerOfTen(Integer.parseInt(suffix.substring(1)))
            : number.multiply(factor));
  }

  private static BigDecimal binary(int power) {
    return BigDecimal.valueOf(1024).pow(power);
  }
}
