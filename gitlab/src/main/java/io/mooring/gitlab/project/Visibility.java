package io.mooring.gitlab.project;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Who may know that something exists, from few to all. */
public enum Visibility {
  /** Members. */
  PRIVATE,
  /** Everybody who is signed in. */
  INTERNAL,
  /** Everybody. */
  PUBLIC;

  /** GitLab's name for it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The visibility of one of {@link #names()}. */
  public static Visibility named(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** All names. */
  public static Set<String> names() {
    return Arrays.stream(values()).map(Visibility::text).collect(Collectors.toUnmodifiableSet());
  }
}
