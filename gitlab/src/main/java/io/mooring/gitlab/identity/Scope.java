package io.mooring.gitlab.identity;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a personal access token may be used for, with GitLab's names. */
public enum Scope {
  /** The whole REST API. */
  API,
  /** Reading through the REST API. */
  READ_API,
  /** Clone and fetch. */
  READ_REPOSITORY,
  /** Push, and what {@link #READ_REPOSITORY} allows. */
  WRITE_REPOSITORY,
  /** Calls to clusters through kas. */
  K8S_PROXY;

  /** The name that people write. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The scope of this name. */
  public static Optional<Scope> named(String text) {
    return Arrays.stream(values()).filter(scope -> scope.text().equals(text)).findFirst();
  }

  /** All names. */
  public static Set<String> names() {
    return Arrays.stream(values()).map(Scope::text).collect(Collectors.toUnmodifiableSet());
  }
}
