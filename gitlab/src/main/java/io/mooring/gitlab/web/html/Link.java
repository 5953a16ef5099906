package io.mooring.gitlab.web.html;

import com.google.errorprone.annotations.CompileTimeConstant;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An address that a page may lead to: a path of this application, or http elsewhere.
 *
 * @param address percent-encoded
 */
public record Link(String address) {
  public Link {
    String lower = address.toLowerCase(Locale.ROOT);
    boolean local = address.startsWith("/") && !address.startsWith("//");
    boolean web = lower.startsWith("http://") || lower.startsWith("https://");
    boolean here = address.startsWith("?") || address.startsWith("#");
    if (!local && !web && !here) {
      throw new IllegalArgumentException(
          "'" + address + "' is no address for a page (expected: a path, or http)");
    }
  }

  /**
   * A path of this application with values in place of <code>{}</code>. Slashes in a value stay
   * what they are, so that full paths are written as people know them.
   */
  public static Link to(@CompileTimeConstant String template, Object... values) {
    var out = new StringBuilder();
    int from = 0;
    for (Object value : values) {
      int hole = template.indexOf("{}", from);
      if (hole < 0) {
        throw new IllegalArgumentException(template + ": more values than places");
      }
      boolean query = template.lastIndexOf('?', hole) >= 0;
      out.append(template, from, hole).append(encode(String.valueOf(value), query));
      from = hole + 2;
    }
    if (template.indexOf("{}", from) >= 0) {
      throw new IllegalArgumentException(template + ": fewer values than places");
    }
    return new Link(out.append(template, from, template.length()).toString());
  }

  /** An address elsewhere. */
  public static Link of(URI address) {
    return new Link(address.toString());
  }

  /** The same with one more parameter. */
  public Link with(@CompileTimeConstant String name, Object value) {
    return new Link(
        address
            + (address.indexOf('?') < 0 ? '?' : '&')
            + name
            + '='
            + encode(String.valueOf(value), true));
  }

  private static String encode(String text, boolean query) {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    return query ? encoded : encoded.replace("%2F", "/");
  }
}
