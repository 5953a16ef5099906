package io.mooring.gitlab.web;

import io.mooring.gitlab.web.html.Html;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** The pages that say what went wrong and how to find it in the log. */
@Component
class ErrorView {
  private final Layout layout;

  ErrorView(Layout layout) {
    this.layout = layout;
  }

  Html page(Visit visit, HttpStatus status, String detail) {
    return layout.page(
        visit,
        Frame.of(title(status)).narrowed(),
        Html.of(
            """
            <div class="error"><p class="which" aria-hidden="true">{}</p><p>{}</p>{}
            <p><a class="button" href="/">Go to the first page</a></p>
            <p class="muted">Request id <code>{}</code></p></div>
            """,
            status.value(),
            advice(status),
            detail.isEmpty() ? Html.EMPTY : Html.of("<p>{}</p>", detail),
            visit.requestId()));
  }

  private static String title(HttpStatus status) {
    return switch (status) {
      case NOT_FOUND -> "Nothing here";
      case UNPROCESSABLE_CONTENT -> "The change was rejected";
      case TOO_MANY_REQUESTS -> "Too many requests";
      case SERVICE_UNAVAILABLE -> "Not available now";
      default -> status.is5xxServerError() ? "Something went wrong here" : status.getReasonPhrase();
    };
  }

  private static String advice(HttpStatus status) {
    return switch (status) {
      case NOT_FOUND ->
          "There is no such page, or you may not see it. Check the address, or ask somebody of the project to add you.";
      case UNPROCESSABLE_CONTENT ->
          "The form was too old, or it did not come from a page of yours. Go back, reload the page and send it again.";
      case TOO_MANY_REQUESTS -> "Wait a minute, then try again.";
      case SERVICE_UNAVAILABLE ->
          "A part of the system cannot be reached. Try again in a minute; if it stays, tell an administrator the request id.";
      default ->
          status.is5xxServerError()
              ? "It was logged. Tell an administrator the request id."
              : "The request cannot be answered as it was sent.";
    };
  }
}
