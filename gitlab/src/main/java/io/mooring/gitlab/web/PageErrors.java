package io.mooring.gitlab.web;

import io.grpc.StatusRuntimeException;
import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.TokenGenerator;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** The one table from failures of pages to pages. */
@RestControllerAdvice(basePackageClasses = PageErrors.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PageErrors {
  private static final Logger log = LoggerFactory.getLogger(PageErrors.class);

  private final ErrorView view;
  private final VisitResolver visits;

  PageErrors(ErrorView view, TokenGenerator generator) {
    this.view = view;
    this.visits = new VisitResolver(generator);
  }

  /** Who is not signed in may see it after signing in. */
  @ExceptionHandler
  ResponseEntity<?> answered(
      ApiException e, HttpServletRequest request, HttpServletResponse response) {
    Visit visit = visits.visit(request, response);
    boolean unseen =
        switch (e.status()) {
          case NOT_FOUND, UNAUTHORIZED, FORBIDDEN -> true;
          default -> false;
        };
    boolean asksForPage =
        Objects.requireNonNullElse(request.getHeader("Accept"), "")
            .contains(MediaType.TEXT_HTML_VALUE);
    if (!asksForPage) {
      return ResponseEntity.status(e.status())
          .contentType(MediaType.APPLICATION_JSON)
          .body(e.body());
    }
    if (unseen && visit.caller() instanceof Caller.Anonymous) {
      return Answers.redirect(
          request.getMethod().equals("GET")
              ? Link.to("/users/sign_in").with("return_to", visit.path())
              : Link.to("/users/sign_in"));
    }
    HttpStatus status = unseen ? HttpStatus.NOT_FOUND : e.status();
    return page(visit, status, status == HttpStatus.NOT_FOUND ? "" : Answers.text(e));
  }

  @ExceptionHandler
  ResponseEntity<?> mismatch(
      MethodArgumentTypeMismatchException e,
      HttpServletRequest request,
      HttpServletResponse response) {
    return answered(ApiException.notFound(), request, response);
  }

  @ExceptionHandler({
    DataAccessException.class,
    TransactionException.class,
    StatusRuntimeException.class
  })
  ResponseEntity<Html> unavailable(
      RuntimeException e, HttpServletRequest request, HttpServletResponse response) {
    log.atError().setCause(e).log("Page failed");
    return page(visits.visit(request, response), HttpStatus.SERVICE_UNAVAILABLE, "");
  }

  @ExceptionHandler
  ResponseEntity<Html> unexpected(
      RuntimeException e, HttpServletRequest request, HttpServletResponse response) {
    log.atError().setCause(e).log("Page failed");
    return page(visits.visit(request, response), HttpStatus.INTERNAL_SERVER_ERROR, "");
  }

  private ResponseEntity<Html> page(Visit visit, HttpStatus status, String detail) {
    return ResponseEntity.status(status)
        .contentType(MediaType.TEXT_HTML)
        .body(view.page(visit, status, detail));
  }
}
