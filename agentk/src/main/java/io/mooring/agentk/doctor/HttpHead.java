package io.mooring.agentk.doctor;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Status line and headers of an HTTP/1.1 answer.
 *
 * @param status code
 * @param line such as {@code 426 Upgrade Required}
 * @param headers by name in lower case; of several with one name the last
 */
record HttpHead(int status, String line, Map<String, String> headers) {
  /** More of a foreign text helps nobody. */
  private static final int MAX_QUOTED = 200;

  static HttpHead parse(String text) throws IOException {
    String[] lines = text.split("\r?\n", -1);
    String[] first = lines[0].split(" ", 2);
    if (!first[0].startsWith("HTTP/1.") || first.length < 2 || !first[1].matches("[0-9]{3}.*")) {
      throw new IOException("no HTTP/1.1 answer, but: " + quoted(lines[0]));
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.put(
            lines[i].substring(0, colon).strip().toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
    }
    return new HttpHead(
        Integer.parseInt(first[1].substring(0, 3)), quoted(first[1].strip()), Map.copyOf(headers));
  }

  /** Empty when there is none. */
  String header(String name) {
    return quoted(headers.getOrDefault(name, ""));
  }

  /** What the sender's clock says. */
  Optional<Instant> date() {
    return date(headers.getOrDefault("date", ""));
  }

  static Optional<Instant> date(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String quoted(String text) {
    String cut = text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "..." : text;
    return cut.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
