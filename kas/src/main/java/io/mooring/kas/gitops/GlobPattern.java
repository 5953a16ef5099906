package io.mooring.kas.gitops;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A glob as a machine: each step holds a place in a pattern, and a path is read once, whatever the
 * pattern. So the time of a match is bounded by the product of both lengths.
 */
final class GlobPattern {
  private static final int SLASH = '/';

  /** What a place in a pattern takes from the path. */
  private sealed interface Step {
    /** This character. */
    record Literal(int c) implements Step {}

    /** Any one character but a slash. */
    record One() implements Step {}

    /** A character of a class. */
    record OneOf(CharacterClass characters) implements Step {}

    /** Any run without a slash: {@code *}. */
    record Run() implements Step {}

    /** Before a directory that may be skipped: {@code **}{@code /}. */
    record Directories() implements Step {}

    /** Inside of such a directory. */
    record InDirectory() implements Step {}

    /** Nothing, or a slash and anything: {@code /**} at the end. */
    record Below() implements Step {}

    /** Anything. */
    record Rest() implements Step {}

    /** The end of the path. */
    record End() implements Step {}
  }

  private final String glob;
  private final List<Step> steps = new ArrayList<>();
  private final BitSet start = new BitSet();

  private GlobPattern(String glob) {
    this.glob = glob;
  }

  /** Reads a glob. */
  static GlobPattern parse(String glob) throws BadGlobException {
    GlobPattern machine = new GlobPattern(glob);
    for (String pattern : Braces.expand(glob)) {
      int first = machine.steps.size();
      machine.read(pattern);
      machine.enter(first, machine.start);
    }
    return machine;
  }

  /** Whether the whole path matches. */
  boolean matches(String path) {
    BitSet now = (BitSet) start.clone();
    BitSet next = new BitSet(steps.size());
    int at = 0;
    while (at < path.length() && !now.isEmpty()) {
      int c = path.codePointAt(at);
      at += Character.charCount(c);
      next.clear();
      for (int i = now.nextSetBit(0); i >= 0; i = now.nextSetBit(i + 1)) {
        take(i, c, next);
      }
      BitSet swap = now;
      now = next;
      next = swap;
    }
    return now.stream().anyMatch(i -> accepts(steps.get(i)));
  }

  private static boolean accepts(Step step) {
    return step instanceof Step.End || step instanceof Step.Below || step instanceof Step.Rest;
  }

  private void take(int i, int c, BitSet next) {
    switch (steps.get(i)) {
      case Step.Literal(int literal) -> enterIf(c == literal, i + 1, next);
      case Step.One() -> enterIf(c != SLASH, i + 1, next);
      case Step.OneOf(CharacterClass characters) -> enterIf(characters.matches(c), i + 1, next);
      case Step.Run() -> enterIf(c != SLASH, i, next);
      case Step.Directories() -> enterIf(c != SLASH, i + 1, next);
      case Step.InDirectory() -> enterIf(true, c == SLASH ? i - 1 : i, next);
      case Step.Below() -> enterIf(c == SLASH, i + 1, next);
      case Step.Rest() -> next.set(i);
      case Step.End() -> {
        // The pattern is over, the path is not.
      }
    }
  }

  private void enterIf(boolean condition, int i, BitSet states) {
    if (condition) {
      enter(i, states);
    }
  }

  /** Reaches a step, and those behind it that may take nothing. */
  private void enter(int first, BitSet states) {
    int i = first;
    while (true) {
      states.set(i);
      switch (steps.get(i)) {
        case Step.Run() -> i++;
        case Step.Directories() -> i += 2;
        default -> {
          return;
        }
      }
    }
  }

  private void read(String pattern) throws BadGlobException {
    int at = 0;
    while (at < pattern.length()) {
      boolean segmentStart = at == 0 || pattern.charAt(at - 1) == '/';
      if (segmentStart && pattern.startsWith("**/", at)) {
        steps.add(new Step.Directories());
        steps.add(new Step.InDirectory());
        at += 3;
      } else if (segmentStart && at + 2 == pattern.length() && pattern.startsWith("**", at)) {
        endWithAnything();
        return;
      } else {
        at = readOne(pattern, at);
      }
    }
    steps.add(new Step.End());
  }

  private void endWithAnything() {
    // "a/**" matches "a" as well, so the slash belongs to what may be absent.
    if (!steps.isEmpty() && steps.getLast() instanceof Step.Literal(int c) && c == SLASH) {
      steps.removeLast();
      steps.add(new Step.Below());
    }
    steps.add(new Step.Rest());
  }

  private int readOne(String pattern, int at) throws BadGlobException {
    return switch (pattern.charAt(at)) {
      case '*' -> step(new Step.Run(), pattern.startsWith("**", at) ? at + 2 : at + 1);
      case '?' -> step(new Step.One(), at + 1);
      case '[' -> {
        CharacterClass characters = CharacterClass.parse(glob, pattern, at);
        yield step(new Step.OneOf(characters), characters.end());
      }
      case '\\' -> {
        if (at + 1 >= pattern.length()) {
          throw new BadGlobException(
              glob, Math.min(at, glob.length() - 1), "a character after \"\\\"");
        }
        yield literal(pattern, at + 1);
      }
      default -> literal(pattern, at);
    };
  }

  private int step(Step step, int next) {
    steps.add(step);
    return next;
  }

  private int literal(String pattern, int at) {
    int c = pattern.codePointAt(at);
    return step(new Step.Literal(c), at + Character.charCount(c));
  }
}
