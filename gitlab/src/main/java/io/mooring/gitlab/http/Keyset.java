package io.mooring.gitlab.http;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/**
 * Which part of a long list is asked for: what comes after a position, which GitLab calls keyset
 * pagination. Unlike pages by number it costs the same at the end of a million rows, and counts
 * nothing. The order is newest first.
 *
 * @param size most rows of one page
 * @param from where the page before ended
 */
public record Keyset(int size, Optional<Position> from) {
  private static final int DEFAULT_SIZE = 20;
  private static final Pattern CURSOR = Pattern.compile("(-?[0-9]{1,17})\\.([0-9]{1,18})");
  private static final long MICROS = 1_000_000;

  /** A row by what the list is ordered by. */
  public record Position(Instant time, long id) {
    String cursor() {
      long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((micros + "." + id).getBytes(StandardCharsets.US_ASCII));
    }

    static Optional<Position> of(String cursor) {
      try {
        Matcher matcher =
            CURSOR.matcher(
                new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII));
        if (!matcher.matches()) {
          return Optional.empty();
        }
        long micros = Long.parseLong(matcher.group(1));
        return Optional.of(
            new Position(
                Instant.ofEpochSecond(
                    Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000),
                Long.parseLong(matcher.group(2))));
      } catch (IllegalArgumentException | DateTimeException e) {
        return Optional.empty();
      }
    }
  }

  /** The part that a request asks for; problems are noted and must be checked. */
  public static Keyset of(Parameters parameters) {
    long size = parameters.number("per_page").orElse((long) DEFAULT_SIZE);
    if (size < 1) {
      parameters.refuse("per_page does not have a valid value");
    }
    Optional<String> cursor = parameters.text("cursor").filter(text -> !text.isEmpty());
    Optional<Position> from = cursor.flatMap(Position::of);
    if (cursor.isPresent() && from.isEmpty()) {
      parameters.refuse("cursor is invalid (expected: what the link to the next page holds)");
    }
    return new Keyset(Math.clamp(size, 1, Page.MAX_SIZE), from);
  }

  /**
   * 200 with the rows, and with a link to those after them when there are more.
   *
   * @param rows one row more than {@link #size()}, when there are so many
   * @param position of a row in the order of the list
   */
  public <T> ResponseEntity<List<T>> answer(
      HttpServletRequest request,
      ExternalUrl external,
      List<T> rows,
      Function<T, Position> position) {
    var headers = new HttpHeaders();
    headers.add("X-Per-Page", Integer.toString(size));
    List<T> page = rows.size() > size ? rows.subList(0, size) : rows;
    if (rows.size() > size) {
      var query = new StringBuilder();
      request
          .getParameterMap()
          .forEach((name, values) -> {
            if (!name.equals("cursor") && !name.equals("per_page")) {
              for (String value : values) {
                query.append(encode(name)).append('=').append(encode(value)).append('&');
              }
            }
          });
      String cursor = position.apply(page.getLast()).cursor();
      headers.add(
          HttpHeaders.LINK,
          "<%s?%scursor=%s&per_page=%d>; rel=\"next\""
              .formatted(external.of(request.getRequestURI()), query, cursor, size));
    }
    return ResponseEntity.ok().headers(headers).body(List.copyOf(page));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
