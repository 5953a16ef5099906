package io.mooring.allinone;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** What a person watching reads: one line a step, with the seconds since the start. */
public final class Progress {

  private final PrintStream out;
  private final InstantSource clock;
  private final Instant begin;

  public Progress(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
    this.begin = clock.instant();
  }

  /** Prints one line. {@code text} is a format of {@link String#format}. */
  @FormatMethod
  public void say(@FormatString String text, Object... values) {
    out.printf(
        Locale.ROOT, "[%5.1f s] %s%n", elapsed().toMillis() / 1000.0, text.formatted(values));
    out.flush();
  }

  /** Prints a line without the time, such as an address to copy. */
  @FormatMethod
  public void plain(@FormatString String text, Object... values) {
    out.println(text.formatted(values));
    out.flush();
  }

  /** Since this began. */
  public Duration elapsed() {
    return Duration.between(begin, clock.instant());
  }
}
