package io.mooring.kas.gitops;

import java.util.ArrayList;
import java.util.List;

/**
 * A bracket expression such as {@code [a-z]} or {@code [!0-9]}. As in the original it may match a
 * slash.
 *
 * @param negated whether it matches what is not listed
 * @param ranges pairs of first and last code point
 * @param end position after the closing bracket
 */
record CharacterClass(boolean negated, List<Range> ranges, int end) {
  /**
   * Code points from first to last.
   *
   * @param first included
   * @param last included; nothing matches when it is smaller than the first
   */
  record Range(int first, int last) {}

  /** Whether the code point matches. */
  boolean matches(int c) {
    boolean listed = false;
    for (Range range : ranges) {
      listed |= range.first() <= c && c <= range.last();
    }
    return listed != negated;
  }

  /**
   * Reads a class.
   *
   * @param glob what the user wrote, for errors
   * @param pattern what is read
   * @param at position of the opening bracket
   */
  static CharacterClass parse(String glob, String pattern, int at) throws BadGlobException {
    int next = at + 1;
    boolean negated =
        next < pattern.length() && (pattern.charAt(next) == '!' || pattern.charAt(next) == '^');
    if (negated) {
      next++;
    }
    List<Range> ranges = new ArrayList<>();
    while (next < pattern.length() && pattern.charAt(next) != ']') {
      int first = codePoint(glob, pattern, next);
      next = after(pattern, next);
      int last = first;
      if (next + 1 < pattern.length()
          && pattern.charAt(next) == '-'
          && pattern.charAt(next + 1) != ']') {
        last = codePoint(glob, pattern, next + 1);
        next = after(pattern, next + 1);
      }
      ranges.add(new Range(first, last));
    }
    if (next >= pattern.length() || ranges.isEmpty()) {
      throw new BadGlobException(
          glob,
          Math.min(at, glob.length() - 1),
          ranges.isEmpty() ? "a character after \"[\"" : "a closing \"]\"");
    }
    return new CharacterClass(negated, List.copyOf(ranges), next + 1);
  }

  private static int codePoint(String glob, String pattern, int at) throws BadGlobException {
    if (pattern.charAt(at) != '\\') {
      return pattern.codePointAt(at);
    }
    if (at + 1 >= pattern.length()) {
      throw new BadGlobException(glob, Math.min(at, glob.length() - 1), "a character after \"\\\"");
    }
    return pattern.codePointAt(at + 1);
  }

  private static int after(String pattern, int at) {
    int start = pattern.charAt(at) == '\\' ? at + 1 : at;
    return start + Character.charCount(pattern.codePointAt(start));
  }
}
