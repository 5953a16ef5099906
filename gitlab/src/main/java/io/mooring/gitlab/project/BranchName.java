package io.mooring.gitlab.project;

import java.util.regex.Pattern;

/** Which texts may name a branch: the rules of git-check-ref-format that matter for one. */
public final class BranchName {
  private static final Pattern FORBIDDEN =
      Pattern.compile("[\\x00-\\x20\\x7f~^:?*\\[\\\\]|\\.\\.|@\\{|//|/\\.|\\.lock(/|$)");

  private static final int MAX_LENGTH = 244; // Refs are files, with a few letters before and after.

  private BranchName() {}

  /** Whether a branch may be called so. */
  public static boolean isValid(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_LENGTH
        && !name.startsWith("/")
        && !name.startsWith("-")
        && !name.startsWith(".")
        && !name.endsWith("/")
        && !name.endsWith(".")
        && !name.equals("@")
        && !FORBIDDEN.matcher(name).find();
  }
}
