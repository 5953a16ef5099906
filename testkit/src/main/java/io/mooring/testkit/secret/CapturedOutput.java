package io.mooring.testkit.secret;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard output and error of this JVM, kept as text while open. Nothing is printed meanwhile. For
 * one test at a time.
 */
public final class CapturedOutput implements AutoCloseable {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private CapturedOutput() {}

  /** Begins to capture. */
  public static CapturedOutput start() {
    var captured = new CapturedOutput();
    System.setOut(captured.stream());
    System.setErr(captured.stream());
    return captured;
  }

  /** All that was written until now. */
  public String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Gives standard output and error back. */
  @Override
  public void close() {
    System.setOut(out);
    System.setErr(err);
  }

  private PrintStream stream() {
    OutputStream target = bytes;
    return new PrintStream(target, true, StandardCharsets.UTF_8);
  }
}
