package io.mooring.gitlab.identity;

import io.mooring.protocol.secret.Secret;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.http.ResponseCookie;

/**
 * The cookie that carries a session's public id.
 *
 * @param secure set when people reach the application over https
 */
public record SessionCookie(boolean secure) {
  /** GitLab's name for it. */
  public static final String NAME = "_gitlab_session";

  /** The public id that a request brought. */
  public static Optional<String> of(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(NAME)) {
          return Optional.of(cookie.getValue());
        }
      }
    }
    return Optional.empty();
  }

  /** The header that hands the id to the browser, until it is closed. */
  public String set(Secret publicId) {
    return cookie(publicId.text()).build().toString();
  }

  /** The header that takes it back. */
  public String clear() {
    return cookie("").maxAge(0).build().toString();
  }

  private ResponseCookie.ResponseCookieBuilder cookie(String value) {
    return ResponseCookie.from(NAME, value).path("/").httpOnly(true).secure(secure).sameSite("Lax");
  }
}
