package io.mooring.gitlab.push;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One ref that a push moves.
 *
 * @param before commit id, all zeros when the ref is made
 * @param after commit id, all zeros when the ref is removed
 * @param ref full name
 */
public record RefChange(String before, String after, String ref) {
  private static final Pattern LINE =
      Pattern.compile(
          "([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (refs/[^ \\x00\\r\\n]+)");

  private static final String BRANCHES = "refs/heads/";

  /** Reads one line a change; empty when a line is none. */
  public static Optional<List<RefChange>> parse(String lines) {
    List<Matcher> matchers =
        lines.lines().filter(line -> !line.isBlank()).map(LINE::matcher).toList();
    if (!matchers.stream().allMatch(Matcher::matches)) {
      return Optional.empty();
    }
    return Optional.of(
        matchers.stream()
            .map(line -> new RefChange(line.group(1), line.group(2), line.group(3)))
            .toList());
  }

  /** Whether the ref did not exist. */
  public boolean creates() {
    return isZero(before);
  }

  /** Whether the ref will not exist. */
  public boolean deletes() {
    return isZero(after);
  }

  /** The branch, if the ref is one. */
  public Optional<String> branch() {
    return ref.startsWith(BRANCHES)
        ? Optional.of(ref.substring(BRANCHES.length()))
        : Optional.empty();
  }

  private static boolean isZero(String id) {
    return id.chars().allMatch(c -> c == '0');
  }
}
