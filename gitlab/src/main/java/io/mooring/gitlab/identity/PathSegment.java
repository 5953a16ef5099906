package io.mooring.gitlab.identity;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Rules for the names that become part of an address: of users, groups and projects. */
public final class PathSegment {
  private static final Pattern ALLOWED = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,254}");

  /** First parts of addresses that the application answers itself. */
  private static final Set<String> RESERVED =
      Set.of(
          "-",
          "api",
          "admin",
          "assets",
          "dashboard",
          "explore",
          "files",
          "groups",
          "health_check",
          "help",
          "import",
          "invites",
          "jwt",
          "login",
          "oauth",
          "profile",
          "projects",
          "public",
          "robots.txt",
          "s",
          "search",
          "sitemap",
          "snippets",
          "unsubscribes",
          "uploads",
          "users",
          "v2");

  private PathSegment() {}

  /**
   * What is wrong with a name.
   *
   * @param top stands at the beginning of addresses
   */
  public static Optional<String> problem(String text, boolean top) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (!ALLOWED.matcher(text).matches()
        || text.contains("..")
        || text.endsWith(".")
        || text.endsWith("-")
        || lower.endsWith(".git")
        || lower.endsWith(".atom")) {
      return Optional.of(
          "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-' or '.', end in '.', '-', '.git' or"
              + " '.atom'");
    }
    return top && RESERVED.contains(lower) ? Optional.of("is a reserved name") : Optional.empty();
  }
}
