package io.mooring.gitlab.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the web server and the filters refuse: a page for browsers, and for programs the form of
 * everything else.
 */
@RestController
class RefusalController implements ErrorController {
  private final ErrorView view;

  RefusalController(ErrorView view) {
    this.view = view;
  }

  @RequestMapping("/error")
  ResponseEntity<?> error(HttpServletRequest request, Visit visit) {
    HttpStatus status =
        Optional.ofNullable(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE))
            .map(code -> HttpStatus.resolve((Integer) code))
            .orElse(HttpStatus.NOT_FOUND);
    String path =
        Objects.requireNonNullElse(request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI), "")
            .toString();
    boolean page =
        !path.startsWith("/api/")
            && Objects.requireNonNullElse(request.getHeader("Accept"), "")
                .contains(MediaType.TEXT_HTML_VALUE);
    return page
        ? ResponseEntity.status(status)
            .contentType(MediaType.TEXT_HTML)
            .body(view.page(visit, status, ""))
        : ResponseEntity.status(status)
            .contentType(MediaType.APPLICATION_JSON)
            .body(message(request, status));
  }

  /** A filter may have left words of its own. */
  private static Map<String, String> message(HttpServletRequest request, HttpStatus status) {
    Object words = request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
    return words instanceof String text && !text.isBlank()
        ? Map.of("error", text)
        : Map.of("message", status.value() + " " + status.getReasonPhrase());
  }
}
