package io.mooring.gitlab.web;

import io.mooring.gitlab.identity.Caller;
import io.mooring.gitlab.identity.User;
import io.mooring.gitlab.web.html.Html;
import java.util.Optional;

/**
 * What a page knows of the request for it.
 *
 * @param caller who looks
 * @param path the address without its query
 * @param query what follows the question mark
 * @param csrfToken proves that a form is ours; empty for who is not signed in
 * @param requestId names the request in logs
 * @param theme the colours
 * @param notice about the change that led here
 */
public record Visit(
    Caller caller,
    String path,
    String query,
    String csrfToken,
    String requestId,
    Theme theme,
    Optional<Notice> notice) {

  /** Who looks, or 401. */
  public User user() {
    return caller.requireUser();
  }

  /** The field that every form which changes something carries. */
  public Html csrf() {
    return Html.of("<input type=\"hidden\" name=\"authenticity_token\" value=\"{}\">", csrfToken);
  }

  /** The same with a token, for a form that somebody sees who is not signed in yet. */
  public Visit withToken(String token) {
    return new Visit(caller, path, query, token, requestId, theme, notice);
  }
}
