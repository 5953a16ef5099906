package io.mooring.apply.manifest;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a YAML file at its {@code ---} lines, so that an error in one document leaves the others
 * readable. Three dashes at the start of a line end a document wherever they stand (YAML 1.1,
 * 9.1.2), also inside scalars.
 */
final class DocumentSplitter {

  /**
   * A part of a file.
   *
   * @param text one document, with the line of dashes that begins it
   * @param line number of its first line, from 1
   */
  record Chunk(String text, int line) {}

  private DocumentSplitter() {}

  static List<Chunk> split(String text) {
    List<Chunk> chunks = new ArrayList<>();
    int chunkStart = 0;
    int chunkLine = 1;
    // Directives and comments before dashes belong to the document that the dashes begin.
    boolean begun = false;
    int line = 1;
    for (int start = 0; start < text.length(); line++) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline + 1;
      boolean dashes = isDashes(text, start);
      if (dashes && begun) {
        chunks.add(new Chunk(text.substring(chunkStart, start), chunkLine));
        chunkStart = start;
        chunkLine = line;
      }
      begun |= dashes || isContent(text, start, end);
      start = end;
    }
    if (chunkStart < text.length()) {
      chunks.add(new Chunk(text.substring(chunkStart), chunkLine));
    }
    return chunks;
  }

  private static boolean isDashes(String text, int start) {
    return text.startsWith("---", start)
        && (start + 3 == text.length() || " \t\r\n".indexOf(text.charAt(start + 3)) >= 0);
  }

  private static boolean isContent(String text, int start, int end) {
    if (text.charAt(start) == '%') {
      return false;
    }
    String line = text.substring(start, end).strip();
    return !line.isEmpty() && line.charAt(0) != '#';
  }
}
