package io.mooring.gitlab.web.html;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A parsed template: the pieces between its places, and what each place takes.
 *
 * @param pieces one more than places
 * @param places in order
 */
record Template(List<String> pieces, List<Place> places) {
  /** Attributes whose values a browser goes to. */
  static final Set<String> ADDRESSES = Set.of("href", "src", "action", "formaction", "poster");

  private static final String HOLE = "{}";

  Template {
    pieces = List.copyOf(pieces);
    places = List.copyOf(places);
  }

  /** Where a place stands. */
  enum Place {
    /** Between tags. */
    CONTENT,
    /** In the quotes of an attribute. */
    QUOTED,
    /** At the beginning of an attribute that is an address. */
    ADDRESS,
    /** In a tag, outside quotes. */
    TAG
  }

  static Template parse(String text) {
    var pieces = new ArrayList<String>();
    var places = new ArrayList<Place>();
    int from = 0;
    int seen = 0;
    boolean tag = false;
    int quote = -1;
    for (int hole = text.indexOf(HOLE); hole >= 0; hole = text.indexOf(HOLE, from)) {
      for (; seen < hole; seen++) {
        char c = text.charAt(seen);
        if (quote >= 0) {
          quote = c == '"' ? -1 : quote;
        } else if (tag) {
          tag = c != '>';
          quote = c == '"' ? seen : quote;
        } else {
          tag = c == '<';
        }
      }
      places.add(place(text, hole, tag, quote));
      pieces.add(text.substring(from, hole));
      from = hole + HOLE.length();
      seen = from;
    }
    pieces.add(text.substring(from));
    return new Template(pieces, places);
  }

  private static Place place(String text, int hole, boolean tag, int quote) {
    if (!tag) {
      return Place.CONTENT;
    }
    if (quote < 0) {
      if (text.charAt(hole - 1) == '=') {
        throw new IllegalArgumentException(
            "an attribute without quotes: " + text.substring(Math.max(0, hole - 30), hole));
      }
      return Place.TAG;
    }
    int name = quote - 1;
    while (name > 0 && !Character.isWhitespace(text.charAt(name - 1))) {
      name--;
    }
    String attribute = text.substring(name, quote - 1).toLowerCase(Locale.ROOT);
    if (attribute.startsWith("on") || attribute.equals("style")) {
      throw new IllegalArgumentException(attribute + " takes no value (expected: a class or data)");
    }
    return ADDRESSES.contains(attribute) && hole == quote + 1 ? Place.ADDRESS : Place.QUOTED;
  }

  Html fill(Object... values) {
    if (values.length != places.size()) {
      throw new IllegalArgumentException(
          values.length + " values (expected: " + places.size() + ") for " + pieces.getFirst());
    }
    var out = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      out.append(pieces.get(i));
      switch (places.get(i)) {
        case CONTENT -> content(out, values[i]);
        case QUOTED -> quoted(out, values[i]);
        case ADDRESS -> Escape.to(out, required(values[i], Link.class).address());
        case TAG -> out.append(required(values[i], Attributes.class).markup());
      }
    }
    return new Html(out.append(pieces.getLast()).toString());
  }

  private static void content(StringBuilder out, Object value) {
    switch (value) {
      case Html html -> out.append(html.markup());
      case Collection<?> many -> many.forEach(one -> content(out, one));
      case Optional<?> optional -> optional.ifPresent(present -> content(out, present));
      default -> quoted(out, value);
    }
  }

  private static void quoted(StringBuilder out, Object value) {
    switch (value) {
      case CharSequence text -> Escape.to(out, text.toString());
      case Number number -> out.append(number);
      case Boolean flag -> out.append(flag);
      case Link link -> Escape.to(out, link.address());
      default ->
          throw new IllegalArgumentException(
              value.getClass().getName() + " has no place here (expected: a text or a number)");
    }
  }

  private static <T> T required(Object value, Class<T> type) {
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          value.getClass().getName() + " has no place here (expected: " + type.getName() + ")");
    }
    return type.cast(value);
  }
}
