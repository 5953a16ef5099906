package io.mooring.gitlab.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/**
 * Which part of a list is asked for, by {@code page} and {@code per_page}.
 *
 * @param number counts from 1
 * @param size at most {@link #MAX_SIZE}
 */
public record Page(int number, int size) {
  /** Most rows of one page. */
  public static final int MAX_SIZE = 100;

  private static final int DEFAULT_SIZE = 20;

  /** A later page than this is never looked for, because the database would count up to it. */
  private static final int MAX_NUMBER = 1_000_000;

  /** The page that a request asks for. */
  public static Page of(Parameters parameters) {
    long number = parameters.number("page").orElse(1L);
    long size = parameters.number("per_page").orElse((long) DEFAULT_SIZE);
    if (size < 1) {
      parameters.refuse("per_page does not have a valid value");
    }
    parameters.check();
    return new Page(Math.clamp(number, 1, MAX_NUMBER), Math.clamp(size, 1, MAX_SIZE));
  }

  /** Rows before this page. */
  public long offset() {
    return (long) (number - 1) * size;
  }

  /** The rows of a page and how many there are in all. */
  public record Slice<T>(List<T> items, long total) {
    public Slice {
      items = List.copyOf(items);
    }

    /** The same slice with every row turned into something else. */
    public <R> Slice<R> map(Function<? super T, ? extends R> function) {
      return new Slice<R>(items.stream().<R>map(function).toList(), total);
    }
  }

  /** 200 with the rows and GitLab's paging headers; {@code external} begins the links. */
  public <T> ResponseEntity<List<T>> answer(
      HttpServletRequest request, ExternalUrl external, Slice<T> slice) {
    long last = Math.max(1, (slice.total() + size - 1) / size);
    var headers = new HttpHeaders();
    headers.add("X-Total", Long.toString(slice.total()));
    headers.add("X-Total-Pages", Long.toString(last));
    headers.add("X-Page", Integer.toString(number));
    headers.add("X-Per-Page", Integer.toString(size));
    headers.add("X-Next-Page", number < last ? Integer.toString(number + 1) : "");
    headers.add("X-Prev-Page", number > 1 ? Integer.toString(number - 1) : "");
    var links = new ArrayList<String>();
    if (number > 1) {
      links.add(link(request, external, number - 1L, "prev"));
    }
    if (number < last) {
      links.add(link(request, external, number + 1L, "next"));
    }
    links.add(link(request, external, 1, "first"));
    links.add(link(request, external, last, "last"));
    headers.add(HttpHeaders.LINK, String.join(", ", links));
    return ResponseEntity.ok().headers(headers).body(slice.items());
  }

  private String link(
      HttpServletRequest request, ExternalUrl external, long page, String relation) {
    var query = new StringBuilder();
    request
        .getParameterMap()
        .forEach((name, values) -> {
          if (!name.equals("page") && !name.equals("per_page")) {
            for (String value : values) {
              query.append(encode(name)).append('=').append(encode(value)).append('&');
            }
          }
        });
    query.append("page=").append(page).append("&per_page=").append(size);
    return "<" + external.of(request.getRequestURI()) + "?" + query + ">; rel=\"" + relation + "\"";
  }

  private static String encode(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
  }
}
