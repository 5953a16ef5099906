package io.mooring.gitlab.web.html;

import com.google.errorprone.annotations.CompileTimeConstant;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A piece of markup. Templates are constants of the program with <code>{}</code> where a value
 * goes; values are escaped, unless they are markup themselves. A place of a template takes only
 * what is safe there:
 *
 * <ul>
 *   <li>between tags: anything, and collections and optionals of it
 *   <li>in an attribute's quotes: texts, numbers, and for addresses a {@link Link}
 *   <li>in a tag: {@link Attributes}
 * </ul>
 *
 * Immutable; a wrong template or value is an {@link IllegalArgumentException} when it is first
 * rendered.
 */
public final class Html {
  /** No markup. */
  public static final Html EMPTY = new Html("");

  /** Templates are constants, so there is one for each place in the program. */
  private static final ConcurrentHashMap<String, Template> TEMPLATES = new ConcurrentHashMap<>();

  private final String markup;

  Html(String markup) {
    this.markup = markup;
  }

  /** A template with these values, in order. */
  public static Html of(@CompileTimeConstant String template, Object... values) {
    return TEMPLATES.computeIfAbsent(template, Template::parse).fill(values);
  }

  /** A text, escaped. */
  public static Html text(String text) {
    var out = new StringBuilder(text.length() + 16);
    Escape.to(out, text);
    return new Html(out.toString());
  }

  /** Pieces one after the other. */
  public static Html join(Collection<Html> pieces) {
    var out = new StringBuilder();
    pieces.forEach(piece -> out.append(piece.markup));
    return new Html(out.toString());
  }

  /** Pieces one after the other. */
  public static Html join(Html... pieces) {
    return join(java.util.List.of(pieces));
  }

  /** Markup of every item, one after the other. */
  public static <T> Html each(Collection<T> items, Function<? super T, Html> view) {
    return join(items.stream().<Html>map(view).toList());
  }

  /** Markup of every item, one after the other. */
  public static <T> Html each(Stream<T> items, Function<? super T, Html> view) {
    return join(items.<Html>map(view).toList());
  }

  /** Markup of a value that may be missing. */
  public static <T> Html maybe(Optional<T> value, Function<? super T, Html> view) {
    return value.<Html>map(view).orElse(EMPTY);
  }

  /** Whether there is nothing to show. */
  public boolean isEmpty() {
    return markup.isEmpty();
  }

  /** The markup. */
  public String markup() {
    return markup;
  }

  @Override
  public String toString() {
    return markup;
  }
}
