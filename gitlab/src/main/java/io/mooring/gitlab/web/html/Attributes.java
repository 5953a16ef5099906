package io.mooring.gitlab.web.html;

import com.google.errorprone.annotations.CompileTimeConstant;

/**
 * Attributes that an element has or has not.
 *
 * @param markup with a space before each
 */
public record Attributes(String markup) {
  /** No attribute. */
  public static final Attributes NONE = new Attributes("");

  /** An attribute without a value, such as {@code checked}. */
  public static Attributes flag(@CompileTimeConstant String name, boolean on) {
    return on ? new Attributes(" " + name) : NONE;
  }

  /** An attribute with a value that is no address. */
  public static Attributes of(@CompileTimeConstant String name, String value) {
    if (Template.ADDRESSES.contains(name) || name.startsWith("on")) {
      throw new IllegalArgumentException(name + " takes no text (expected: a link in a template)");
    }
    var out = new StringBuilder(" ").append(name).append("=\"");
    Escape.to(out, value);
    return new Attributes(out.append('"').toString());
  }

  /** These and others. */
  public Attributes and(Attributes others) {
    return new Attributes(markup + others.markup);
  }
}
