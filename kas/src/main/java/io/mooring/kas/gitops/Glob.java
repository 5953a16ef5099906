package io.mooring.kas.gitops;

import io.mooring.kas.git.TreeScope;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A glob over the paths of a repository (modules.md 1.3): {@code *}, {@code ?}, classes,
 * alternatives, escapes, and {@code **} as a whole component for any number of directories.
 *
 * @param text as written, without a leading slash
 * @param pattern what paths are matched against
 * @param scope the smallest part of a tree that can hold matches: what Gitaly is asked to list
 */
record Glob(String text, GlobPattern pattern, TreeScope scope) {
  private static final Pattern LITERAL_PREFIX =
      Pattern.compile("([^\\\\*?\\[\\]{}]+)/(.*)", Pattern.UNIX_LINES);

  /** Reads a glob. */
  static Glob parse(String written) throws BadGlobException {
    String text = written.startsWith("/") ? written.substring(1) : written;
    return new Glob(text, GlobPattern.parse(text), scopeOf(text));
  }

  /** Whether the whole path matches. */
  boolean matches(String path) {
    return pattern.matches(path);
  }

  private static TreeScope scopeOf(String text) {
    Matcher matcher = LITERAL_PREFIX.matcher(text);
    String path = TreeScope.ROOT;
    String rest = text;
    if (matcher.matches()) {
      path = matcher.group(1);
      rest = matcher.group(2);
    }
    return new TreeScope(path, rest.contains("[") || rest.contains("/") || rest.contains("**"));
  }
}
