package io.mooring.gitlab.project;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a member is, from least to most, with GitLab's access levels. */
public enum Role {
  GUEST(10),
  REPORTER(20),
  DEVELOPER(30),
  MAINTAINER(40),
  OWNER(50);

  private final int level;

  Role(int level) {
    this.level = level;
  }

  /** GitLab's number for it. */
  public int level() {
    return level;
  }

  /** Whether it includes all that another role may do. */
  public boolean includes(Role other) {
    return level >= other.level;
  }

  /** The role of a number. */
  public static Optional<Role> of(long level) {
    return Arrays.stream(values()).filter(role -> role.level == level).findFirst();
  }

  /** GitLab's name for it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Names of this role and of those below it, lowest first (gitlab-side.md 1.11). */
  public List<String> andBelow() {
    return Arrays.stream(values()).filter(this::includes).map(Role::text).toList();
  }
}
