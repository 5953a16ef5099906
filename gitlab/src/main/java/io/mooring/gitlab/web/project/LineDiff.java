package io.mooring.gitlab.web.project;

import java.util.ArrayList;
import java.util.List;

/**
 * The shortest way from one list of lines to another (Myers, "An O(ND) Difference Algorithm and Its
 * Variations", 1986).
 */
final class LineDiff {
  /**
   * Texts that differ more than this are shown as replaced, because the search takes its square.
   */
  private static final int MAX_CHANGES = 2000;

  private LineDiff() {}

  /** What becomes of a line. */
  enum Kind {
    SAME,
    REMOVED,
    ADDED
  }

  /** A line, with its number before and after; 0 where it is not. */
  record Line(Kind kind, int before, int after, String text) {}

  /** Every line of both, in order. */
  static List<Line> of(List<String> before, List<String> after) {
    int prefix = 0;
    int shorter = Math.min(before.size(), after.size());
    while (prefix < shorter && before.get(prefix).equals(after.get(prefix))) {
      prefix++;
    }
    int suffix = 0;
    while (suffix < shorter - prefix
        && before.get(before.size() - 1 - suffix).equals(after.get(after.size() - 1 - suffix))) {
      suffix++;
    }
    var lines = new ArrayList<Line>();
    for (int i = 0; i < prefix; i++) {
      lines.add(new Line(Kind.SAME, i + 1, i + 1, before.get(i)));
    }
    middle(
        lines,
        before.subList(prefix, before.size() - suffix),
        after.subList(prefix, after.size() - suffix),
        prefix);
    for (int i = 0; i < suffix; i++) {
      int old = before.size() - suffix + i;
      lines.add(new Line(Kind.SAME, old + 1, after.size() - suffix + i + 1, before.get(old)));
    }
    return lines;
  }

  private static void middle(
      List<Line> lines, List<String> before, List<String> after, int offset) {
    List<int[]> trace = search(before, after);
    if (trace.isEmpty()) {
      replace(lines, before, after, offset);
      return;
    }
    var reversed = new ArrayList<Line>();
    int x = before.size();
    int y = after.size();
    for (int d = trace.size() - 1; d > 0; d--) {
      int[] furthest = trace.get(d - 1);
      int zero = furthest.length / 2;
      int k = x - y;
      boolean down = k == -d || (k != d && furthest[zero + k - 1] < furthest[zero + k + 1]);
      int previousX = down ? furthest[zero + k + 1] : furthest[zero + k - 1];
      // After the change follow the lines that are the same.
      int startX = down ? previousX : previousX + 1;
      while (x > startX) {
        x--;
        y--;
        reversed.add(new Line(Kind.SAME, offset + x + 1, offset + y + 1, before.get(x)));
      }
      if (down) {
        y--;
        reversed.add(new Line(Kind.ADDED, 0, offset + y + 1, after.get(y)));
      } else {
        x--;
        reversed.add(new Line(Kind.REMOVED, offset + x + 1, 0, before.get(x)));
      }
    }
    while (x > 0) {
      x--;
      y--;
      reversed.add(new Line(Kind.SAME, offset + x + 1, offset + y + 1, before.get(x)));
    }
    lines.addAll(reversed.reversed());
  }

  /**
   * The furthest reach on every diagonal after each number of changes; empty when there are too
   * many.
   */
  private static List<int[]> search(List<String> before, List<String> after) {
    int most = Math.min(before.size() + after.size(), MAX_CHANGES);
    int zero = most + 1;
    int[] furthest = new int[2 * zero + 1];
    var trace = new ArrayList<int[]>();
    for (int d = 0; d <= most; d++) {
      for (int k = -d; k <= d; k += 2) {
        boolean down = k == -d || (k != d && furthest[zero + k - 1] < furthest[zero + k + 1]);
        int x = d == 0 ? 0 : down ? furthest[zero + k + 1] : furthest[zero + k - 1] + 1;
        int y = x - k;
        while (x < before.size() && y < after.size() && before.get(x).equals(after.get(y))) {
          x++;
          y++;
        }
        furthest[zero + k] = x;
        if (x >= before.size() && y >= after.size()) {
          trace.add(furthest.clone());
          return trace;
        }
      }
      trace.add(furthest.clone());
    }
    return List.of();
  }

  private static void replace(
      List<Line> lines, List<String> before, List<String> after, int offset) {
    for (int i = 0; i < before.size(); i++) {
      lines.add(new Line(Kind.REMOVED, offset + i + 1, 0, before.get(i)));
    }
    for (int i = 0; i < after.size(); i++) {
      lines.add(new Line(Kind.ADDED, 0, offset + i + 1, after.get(i)));
    }
  }
}
