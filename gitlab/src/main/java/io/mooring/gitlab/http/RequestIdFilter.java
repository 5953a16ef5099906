package io.mooring.gitlab.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.util.IdGenerator;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives every request an id, which the answer carries in {@code X-Request-Id} and every log line of
 * the request in {@code request_id}; and writes one line about each request. The query is left out:
 * tokens may stand there.
 */
public final class RequestIdFilter extends OncePerRequestFilter {
  static final String HEADER = "X-Request-Id";
  static final String FIELD = "request_id";
  private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Logger log = LoggerFactory.getLogger(RequestIdFilter.class);

  private final IdGenerator ids;
  private final RequestMetrics metrics;

  /**
   * A filter that makes ids with this generator when the caller brought none, and counts requests.
   */
  public RequestIdFilter(IdGenerator ids, RequestMetrics metrics) {
    this.ids = ids;
    this.metrics = metrics;
  }

  /** The id of the request that runs on this thread. */
  public static Optional<String> current() {
    return Optional.ofNullable(MDC.get(FIELD));
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String brought = request.getHeader(HEADER);
    String id =
        brought != null && ACCEPTED.matcher(brought).matches()
            ? brought
            : ids.generateId().toString().replace("-", "");
    response.setHeader(HEADER, id);
    long start = System.nanoTime();
    try (var _ = MDC.putCloseable(FIELD, id)) {
      try {
        chain.doFilter(request, response);
      } finally {
        long nanos = System.nanoTime() - start;
        metrics.answered(request.getMethod(), response.getStatus(), nanos / 1e9);
        log.atLevel(
                request.getRequestURI().startsWith("/-/")
                    ? org.slf4j.event.Level.DEBUG
                    : org.slf4j.event.Level.INFO)
            .addKeyValue("method", request.getMethod())
            .addKeyValue("url_path", request.getRequestURI())
            .addKeyValue("status_code", response.getStatus())
            .addKeyValue("duration_in_ms", nanos / 1_000_000)
            .log("Request handled");
      }
    }
  }
}
