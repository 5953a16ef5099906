package io.mooring.kas.kubernetesapi;

import io.mooring.protocol.http.Query;
import io.mooring.wire.prototool.Values;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a request is for, read from its first line.
 *
 * <p>The path travels decoded and is encoded again by agentk. So one is taken only if that leads to
 * the same place: an encoded slash would become a real one, a dot segment would be resolved by
 * somebody on the way, and either could lead out of the prefix or past a ceiling.
 *
 * @param path decoded; {@code *} of an {@code OPTIONS} request
 * @param query decoded names with their decoded values in order
 */
record Target(String path, Map<String, Values> query) {
  /** Who answers for the server as a whole. */
  static final String SERVER = "*";

  /**
   * Reads the target of a request.
   *
   * @param text as it stands in the request line
   */
  static Target parse(String text) throws MalformedRequestException {
    if (text.equals(SERVER)) {
      return new Target(SERVER, Map.of());
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~' || c == '#') {
        throw MalformedRequestException.because(
            "the URL has a character that has to be percent-encoded, at position " + i);
      }
    }
    String origin = originForm(text);
    int question = origin.indexOf('?');
    String rawPath = question < 0 ? origin : origin.substring(0, question);
    String rawQuery = question < 0 ? "" : origin.substring(question + 1);
    try {
      return new Target(
          decodedPath(rawPath), rawQuery.isEmpty() ? Map.of() : Query.decode(rawQuery));
    } catch (IllegalArgumentException e) {
      throw MalformedRequestException.because(
          "the URL's query has a percent sign that does not begin an encoded byte");
    }
  }

  private static String originForm(String text) throws MalformedRequestException {
    if (text.startsWith("/")) {
      return text;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    int authority = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : -1;
    if (authority < 0) {
      throw MalformedRequestException.because("the URL is neither a path nor an HTTP URL");
    }
    int end = authority;
    while (end < text.length() && text.charAt(end) != '/' && text.charAt(end) != '?') {
      end++;
    }
    if (end == authority || text.lastIndexOf('@', end - 1) >= authority) {
      throw MalformedRequestException.because(
          "the URL has no host, or user information before it (expected: a host alone)");
    }
    String rest = text.substring(end);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  private static String decodedPath(String raw) throws MalformedRequestException {
    String path = raw.indexOf('%') < 0 ? raw : decoded(raw);
    int from = 0;
    while (from < path.length()) {
      int slash = path.indexOf('/', from + 1);
      int to = slash < 0 ? path.length() : slash;
      // From the slash before the segment to the one after it.
      int length = to - from - 1;
      if (path.startsWith("/.", from)
          && (length == 1 || (length == 2 && path.charAt(from + 2) == '.'))) {
        throw MalformedRequestException.because(
            "the URL's path has a segment of dots (expected: a path without . and ..)");
      }
      from = to;
    }
    return path;
  }

  private static String decoded(String raw) throws MalformedRequestException {
    ByteBuffer bytes = ByteBuffer.allocate(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '%') {
        bytes.put((byte) c);
        continue;
      }
      if (i + 2 >= raw.length()
          || !HexFormat.isHexDigit(raw.charAt(i + 1))
          || !HexFormat.isHexDigit(raw.charAt(i + 2))) {
        throw MalformedRequestException.because(
            "the URL's path has a percent sign that does not begin an encoded byte");
      }
      int value = HexFormat.fromHexDigits(raw, i + 1, i + 3);
      if (value == '/' || value < ' ' || value == 0x7f) {
        throw MalformedRequestException.because(
            "the URL's path has an encoded slash or control character,"
                + " which cannot be passed on as it is");
      }
      bytes.put((byte) value);
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw MalformedRequestException.because("the URL's path is not UTF-8");
    }
  }

  /**
   * The path behind a prefix.
   *
   * @param prefix begins and ends with a slash; its last one stays
   * @return empty when the path is not below it
   */
  Optional<String> under(String prefix) {
    if (!path.startsWith(prefix)) {
      return Optional.empty();
    }
    // A path that begins with two slashes would be taken for a host by whoever joins URLs.
    return path.startsWith("/", prefix.length())
        ? Optional.empty()
        : Optional.of(path.substring(prefix.length() - 1));
  }

  /** Decoded values of a parameter. */
  List<String> values(String name) {
    Values values = query.get(name);
    return values == null ? List.of() : values.getValueList();
  }
}
