package io.mooring.gitlab.web;

import io.mooring.gitlab.http.ApiException;
import io.mooring.gitlab.web.html.Html;
import io.mooring.gitlab.web.html.Link;
import java.net.URI;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** What controllers of pages answer besides a page. */
public final class Answers {
  private Answers() {}

  /** Sends the browser on after a change, with something to say about it. */
  public static ResponseEntity<Html> changed(Link next, Notice notice) {
    return redirect(next.with("notice", notice.code()));
  }

  /** Sends the browser on with GET. */
  public static ResponseEntity<Html> redirect(Link next) {
    return ResponseEntity.status(HttpStatus.SEE_OTHER).location(URI.create(next.address())).build();
  }

  /** A form again, with what is wrong in it. */
  public static ResponseEntity<Html> refused(Html page) {
    return ResponseEntity.status(HttpStatus.UNPROCESSABLE_CONTENT).body(page);
  }

  /**
   * What a form is told about a refused change.
   *
   * @throws ApiException again, when it is not about what was typed
   */
  public static String problem(ApiException e) {
    return switch (e.status()) {
      case BAD_REQUEST, CONFLICT, UNPROCESSABLE_CONTENT -> text(e);
      default -> throw e;
    };
  }

  /** The text of a refusal, as a sentence for people. */
  public static String text(ApiException e) {
    Object body = e.body().containsKey("message") ? e.body().get("message") : e.body().get("error");
    return switch (body) {
      case Map<?, ?> fields ->
          fields.entrySet().stream()
              .map(field -> field.getKey() + " " + words(field.getValue()))
              .collect(Collectors.joining("; "));
      case null -> e.status().getReasonPhrase();
      default ->
          String.valueOf(body)
              .replaceFirst("^[45]\\d\\d [A-Z][a-z]+ ?[a-z]* - ", "")
              .replaceAll("^\\[\"|\"\\]$", "")
              .replace("\", \"", "; ")
              .replaceFirst("^Failed to save group \\{:(\\w+)=>\\[\"(.*)\"\\]\\}$", "$1 $2");
    };
  }

  private static String words(Object value) {
    return value instanceof Collection<?> many
        ? many.stream().map(String::valueOf).collect(Collectors.joining(", "))
        : String.valueOf(value);
  }
}
