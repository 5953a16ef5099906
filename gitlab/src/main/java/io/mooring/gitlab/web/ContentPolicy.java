package io.mooring.gitlab.web;

import java.net.URI;

/**
 * What a browser may load and call for a page. Everything comes from this application; one page may
 * call one other origin.
 */
public final class ContentPolicy {
  /** The header that carries it. */
  public static final String HEADER = "Content-Security-Policy";

  /** The policy of all answers that have none of their own. */
  public static final String OWN_ORIGIN =
      "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'";

  private ContentPolicy() {}

  /** The same for a page whose scripts call this address too. */
  public static String calling(URI address) {
    return OWN_ORIGIN + "; connect-src 'self' " + origin(address);
  }

  private static String origin(URI address) {
    return address.getScheme() + "://" + address.getRawAuthority();
  }
}
