package io.mooring.gitlab.http;

import java.io.Serial;
import java.util.Map;
import org.springframework.http.HttpStatus;

/**
 * An answer other than success, in the forms of GitLab's API (gitlab-side.md 1.3). Everything in it
 * is shown to the caller.
 */
public final class ApiException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final HttpStatus status;
  private final transient Map<String, ?> body;

  private ApiException(HttpStatus status, Map<String, ?> body) {
    super(body.toString(), null, false, false);
    this.status = status;
    this.body = Map.copyOf(body);
  }

  /** An answer whose body is {@code {"message": message}}. */
  public static ApiException message(HttpStatus status, Object message) {
    return new ApiException(status, Map.of("message", message));
  }

  /** An answer whose body is {@code {"error": error}}. */
  public static ApiException error(HttpStatus status, String error) {
    return new ApiException(status, Map.of("error", error));
  }

  /**
   * An OAuth error: {@code error} and {@code error_description}, and the scopes that would do when
   * not empty.
   */
  public static ApiException oauth(
      HttpStatus status, String error, String description, String scope) {
    return new ApiException(
        status,
        scope.isEmpty()
            ? Map.of("error", error, "error_description", description)
            : Map.of("error", error, "error_description", description, "scope", scope));
  }

  /** 404 {@code 404 Not Found}. */
  public static ApiException notFound() {
    return message(HttpStatus.NOT_FOUND, "404 Not Found");
  }

  /** 404 with what was looked for: {@code 404 Project Not Found}. */
  public static ApiException notFound(String subject) {
    return message(HttpStatus.NOT_FOUND, "404 " + subject + " Not Found");
  }

  /** 404 of a failed look-up by id, which GitLab spells {@code 404 Not found}. */
  public static ApiException recordNotFound() {
    return message(HttpStatus.NOT_FOUND, "404 Not found");
  }

  /** 400 {@code 400 Bad request - reason}. */
  public static ApiException badRequest(String reason) {
    return message(HttpStatus.BAD_REQUEST, "400 Bad request - " + reason);
  }

  /** 401 {@code 401 Unauthorized}. */
  public static ApiException unauthorized() {
    return message(HttpStatus.UNAUTHORIZED, "401 Unauthorized");
  }

  /** 401 {@code 401 Unauthorized - reason}. */
  public static ApiException unauthorized(String reason) {
    return message(HttpStatus.UNAUTHORIZED, "401 Unauthorized - " + reason);
  }

  /** 403 {@code 403 Forbidden}. */
  public static ApiException forbidden() {
    return message(HttpStatus.FORBIDDEN, "403 Forbidden");
  }

  /** 403 {@code 403 Forbidden - reason}. */
  public static ApiException forbidden(String reason) {
    return message(HttpStatus.FORBIDDEN, "403 Forbidden - " + reason);
  }

  /** The status of the answer. */
  public HttpStatus status() {
    return status;
  }

  /** The body of the answer, to be written as JSON. */
  public Map<String, ?> body() {
    return body;
  }
}
