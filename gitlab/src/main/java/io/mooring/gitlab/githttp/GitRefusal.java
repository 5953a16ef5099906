package io.mooring.gitlab.githttp;

import java.io.Serial;
import org.springframework.http.HttpStatus;

/** An answer to git in plain text, which git shows to the person. */
final class GitRefusal extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final HttpStatus status;
  private final String text;

  GitRefusal(HttpStatus status, String text) {
    super(text, null, false, false);
    this.status = status;
    this.text = text;
  }

  HttpStatus status() {
    return status;
  }

  String text() {
    return text;
  }

  static GitRefusal unauthenticated() {
    return new GitRefusal(
        HttpStatus.UNAUTHORIZED,
        "HTTP Basic: Access denied. Give a username and a personal access token with the scope read_repository or"
            + " write_repository as the password.");
  }

  static GitRefusal notFound() {
    return new GitRefusal(
        HttpStatus.NOT_FOUND,
        "The project you were looking for could not be found or you don't have permission to view it.");
  }

  static GitRefusal forbidden(String text) {
    return new GitRefusal(HttpStatus.FORBIDDEN, text);
  }
}
