package io.mooring.kas.gitops;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Writes the alternatives of a glob out: {@code a{b,c}} becomes {@code ab} and {@code ac}. */
final class Braces {
  /**
   * Characters of all patterns together that a glob may grow to: bounds memory and the time of a
   * match.
   */
  static final int MAX_EXPANDED = 16_384;

  private record Open(String pattern, int from) {}

  private final String glob;

  private Braces(String glob) {
    this.glob = glob;
  }

  /** All patterns without braces that the glob stands for. */
  static List<String> expand(String glob) throws BadGlobException {
    return new Braces(glob).expand();
  }

  private List<String> expand() throws BadGlobException {
    List<String> done = new ArrayList<>();
    Deque<Open> open = new ArrayDeque<>();
    open.push(new Open(glob, 0));
    int total = glob.length();
    while (!open.isEmpty()) {
      Open next = open.pop();
      String pattern = next.pattern();
      int brace = firstBrace(pattern, next.from());
      if (brace < 0) {
        done.add(pattern);
        continue;
      }
      List<String> alternatives = alternatives(pattern, brace);
      String rest = pattern.substring(brace + 2 + String.join(",", alternatives).length());
      total -= pattern.length();
      for (String alternative : alternatives.reversed()) {
        String written = pattern.substring(0, brace) + alternative + rest;
        // An empty alternative costs, too.
        total += written.length() + 1;
        if (total > MAX_EXPANDED) {
          throw new BadGlobException(
              glob, 0, "alternatives that add up to at most " + MAX_EXPANDED + " characters");
        }
        open.push(new Open(written, brace));
      }
    }
    return done;
  }

  /** Position of the first unescaped opening brace outside of a character class, or -1. */
  private int firstBrace(String pattern, int from) throws BadGlobException {
    int at = from;
    while (at < pattern.length()) {
      switch (pattern.charAt(at)) {
        case '\\' -> at++;
        case '[' -> at = CharacterClass.parse(glob, pattern, at).end() - 1;
        case '{' -> {
          return at;
        }
        case '}' -> throw new BadGlobException(glob, position(at), "an opening brace before \"}\"");
        default -> {
          // A character like any other.
        }
      }
      at++;
    }
    return -1;
  }

  private List<String> alternatives(String pattern, int brace) throws BadGlobException {
    List<String> alternatives = new ArrayList<>();
    int depth = 1;
    int start = brace + 1;
    for (int at = start; at < pattern.length(); at++) {
      char c = pattern.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '{') {
        depth++;
      } else if (c == ',' && depth == 1) {
        alternatives.add(pattern.substring(start, at));
        start = at + 1;
      } else if (c == '}' && --depth == 0) {
        alternatives.add(pattern.substring(start, at));
        return alternatives;
      }
    }
    throw new BadGlobException(glob, position(brace), "a closing brace");
  }

  private int position(int at) {
    return Math.min(at, glob.length() - 1);
  }
}
