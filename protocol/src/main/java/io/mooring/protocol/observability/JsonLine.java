package io.mooring.protocol.observability;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Builds one line of JSON; the first of two members with the same name wins. */
final class JsonLine {
  // GitLab's token prefixes and the scheme of an authorization header.
  private static final Pattern TOKEN =
      Pattern.compile("(glagent-|glpat-|glcbt-|[Bb]earer |[Bb]asic )[A-Za-z0-9_.~+/=-]{8,}");

  /** The shortest beginning, and eight characters. */
  private static final int SHORTEST_TOKEN = 14;

  private final StringBuilder out = new StringBuilder(256).append('{');
  private final Set<String> names = new HashSet<>();

  void member(String name, @Nullable Object value) {
    if (!names.add(name)) {
      return;
    }
    if (out.length() > 1) {
      out.append(',');
    }
    text(name);
    out.append(':');
    value(value);
  }

  String end() {
    return out.append("}\n").toString();
  }

  private void value(@Nullable Object value) {
    switch (value) {
      case null -> out.append("null");
      case Boolean bool -> out.append(bool);
      case Double number when !Double.isFinite(number) -> text(number.toString());
      case Float number when !Float.isFinite(number) -> text(number.toString());
      case Number number -> out.append(number);
      case Optional<?> optional -> value(optional.orElse(null));
      case Collection<?> elements -> {
        out.append('[');
        String separator = "";
        for (Object element : elements) {
          out.append(separator);
          value(element);
          separator = ",";
        }
        out.append(']');
      }
      case Map<?, ?> members -> {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> member : members.entrySet()) {
          out.append(separator);
          text(String.valueOf(member.getKey()));
          out.append(':');
          value(member.getValue());
          separator = ",";
        }
        out.append('}');
      }
      default -> text(value.toString());
    }
  }

  private void text(String text) {
    String shown = mayHoldToken(text) ? TOKEN.matcher(text).replaceAll("$1***") : text;
    out.append('"');
    int length = Math.min(shown.length(), JsonLines.MAX_VALUE);
    for (int i = 0; i < length; i++) {
      char c = shown.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c == 0x7f || (Character.isSurrogate(c) && !paired(shown, i, length))) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append(shown.length() > length ? "..." : "").append('"');
  }

  /** Nearly no text does, and looking for the beginnings is much cheaper than the pattern. */
  private static boolean mayHoldToken(String text) {
    return text.length() >= SHORTEST_TOKEN
        && (text.contains("glagent-")
            || text.contains("glpat-")
            || text.contains("glcbt-")
            || text.contains("earer ")
            || text.contains("asic "));
  }

  private static boolean paired(String text, int at, int length) {
    return Character.isHighSurrogate(text.charAt(at))
        ? at + 1 < length && Character.isLowSurrogate(text.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }
}
