package io.mooring.agentk.flux;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL as Git and Flux know it, taken apart as far as it tells a project of GitLab. Flux does not
 * allow {@code user@host:path}. Credentials in it are dropped.
 *
 * @param scheme in lower case
 * @param host in lower case, without port
 * @param port as it is written, or empty
 * @param path decoded, beginning with a slash, or empty
 */
record GitUrl(String scheme, String host, String port, String path) {
  private static final Pattern URL =
      Pattern.compile(
          "(?<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://"
              + "(?:[^/?#]*@)?(?<host>\\[[^]/?#]*]|[^:/?#@]+)(?::(?<port>[0-9]*))?"
              + "(?<path>/[^?#]*)?(?:[?#].*)?",
          Pattern.DOTALL);
  private static final String SUFFIX = ".git";

  /** Takes a URL apart; empty when it is none. */
  static Optional<GitUrl> parse(String text) {
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      return Optional.empty();
    }
    return decode(part(url, "path"))
        .map(path ->
            new GitUrl(
                part(url, "scheme").toLowerCase(Locale.ROOT),
                part(url, "host").toLowerCase(Locale.ROOT),
                part(url, "port"),
                path));
  }

  private static String part(Matcher url, String name) {
    String found = url.group(name);
    return found == null ? "" : found;
  }

  private static Optional<String> decode(String path) {
    try {
      return Optional.of(URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      // A percent sign that begins no escape: nothing that Git could fetch.
      return Optional.empty();
    }
  }

  /**
   * The full path of the project whose repository this is.
   *
   * @param gitlab GitLab's own address
   * @return empty when it is elsewhere
   */
  Optional<String> projectIn(GitUrl gitlab) {
    if (!host.equals(gitlab.host) || (isWeb() && !port.equals(gitlab.port))) {
      return Optional.empty();
    }
    String base = trimmed(gitlab.path);
    String full = trimmed(path);
    if (isWeb() && !base.isEmpty()) {
      if (!full.startsWith(base + "/")) {
        return Optional.empty();
      }
      full = full.substring(base.length() + 1);
    }
    String project =
        full.endsWith(SUFFIX) ? full.substring(0, full.length() - SUFFIX.length()) : full;
    return Optional.of(project).filter(text -> !text.isEmpty());
  }

  /** SSH has a port of its own, and no path before that of the project. */
  private boolean isWeb() {
    return scheme.equals("http") || scheme.equals("https");
  }

  private static String trimmed(String path) {
    int from = 0;
    while (from < path.length() && path.charAt(from) == '/') {
      from++;
    }
    int to = path.length();
    while (to > from && path.charAt(to - 1) == '/') {
      to--;
    }
    return path.substring(from, to);
  }
}
