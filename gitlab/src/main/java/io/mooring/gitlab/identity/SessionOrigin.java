package io.mooring.gitlab.identity;

import io.mooring.gitlab.http.ClientAddress;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.springframework.http.HttpHeaders;

/**
 * Where a session was begun, for the person to recognize it. Nothing is decided by it: both can be
 * anything a client says.
 *
 * @param address of the nearest machine that is no trusted proxy; empty when not known
 * @param userAgent what the browser calls itself, cut; empty when not known
 */
public record SessionOrigin(String address, String userAgent) {
  /** Of a session in which nobody signed in yet. */
  static final SessionOrigin NONE = new SessionOrigin("", "");

  /** Browsers' are about half as long. */
  private static final int MAX_USER_AGENT = 256;

  /** The origin of a request. */
  public static SessionOrigin of(HttpServletRequest request, ClientAddress addresses) {
    String name =
        Objects.requireNonNullElse(request.getHeader(HttpHeaders.USER_AGENT), "")
            .replaceAll("\\p{Cntrl}", "");
    return new SessionOrigin(
        addresses.of(request), name.substring(0, Math.min(MAX_USER_AGENT, name.length())));
  }
}
