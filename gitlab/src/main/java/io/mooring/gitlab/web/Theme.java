package io.mooring.gitlab.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;

/** The colours a person chose; kept in a cookie that scripts of the pages write. */
enum Theme {
  /** As the system says. */
  AUTO,
  LIGHT,
  DARK;

  private static final String COOKIE = "theme";

  static Theme of(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(COOKIE)) {
          return switch (cookie.getValue()) {
            case "light" -> LIGHT;
            case "dark" -> DARK;
            default -> AUTO;
          };
        }
      }
    }
    return AUTO;
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
