package io.mooring.agentk.kubernetes;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Names of the headers that make the API server act for somebody else (kubernetes-api.md 7.1). */
public final class Impersonation {
  public static final String USER = "Impersonate-User";
  public static final String UID = "Impersonate-Uid";
  public static final String GROUP = "Impersonate-Group";
  private static final String EXTRA = "Impersonate-Extra-";

  private Impersonation() {}

  /**
   * Header of an extra value. What no header name may hold, and the percent sign, is
   * percent-encoded; the API server decodes it.
   */
  public static String extra(String key) {
    var name = new StringBuilder(EXTRA);
    for (byte octet : key.getBytes(StandardCharsets.UTF_8)) {
      if (isLegal((char) (octet & 0xff))) {
        name.append((char) octet);
      } else {
        name.append(String.format("%%%02x", octet));
      }
    }
    return name.toString();
  }

  /**
   * Whether a header names an identity: in any case, and also with underscores, which some servers
   * take for hyphens.
   */
  public static boolean isIdentity(String header) {
    if (header.length() < GROUP.length() - 2 || (header.charAt(0) | 0x20) != 'i') {
      return false;
    }
    String folded = header.toLowerCase(Locale.ROOT).replace('_', '-');
    return folded.equals("impersonate-user")
        || folded.equals("impersonate-uid")
        || folded.equals("impersonate-group")
        || folded.startsWith("impersonate-extra-");
  }

  /** Characters of a token (RFC 9110 5.6.2) but the percent sign. */
  private static boolean isLegal(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$&'*+-.^_`|~".indexOf(c) >= 0;
  }
}
