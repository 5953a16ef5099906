package io.mooring.gitlab.project;

import java.util.Locale;
import java.util.Set;

/** Who may read the code of a project they may see. */
public enum RepositoryAccess {
  /** Everybody who sees the project. */
  ENABLED,
  /** Members only. */
  PRIVATE,
  /** Nobody. */
  DISABLED;

  /** GitLab's name for it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The access of one of {@link #names()}. */
  public static RepositoryAccess named(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** All names. */
  public static Set<String> names() {
    return Set.of("enabled", "private", "disabled");
  }
}
