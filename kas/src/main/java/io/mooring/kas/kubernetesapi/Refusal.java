package io.mooring.kas.kubernetesapi;

/**
 * An answer of kas itself instead of the cluster's.
 *
 * @param status HTTP status
 * @param message what happened, without the prefix that all answers of kas have
 */
record Refusal(int status, String message) {
  /** What every message begins with (kubernetes-api.md 8). */
  static final String PREFIX = "GitLab Agent Server: ";

  static Refusal badRequest(String detail) {
    return new Refusal(400, "Bad request: " + detail);
  }

  static Refusal unauthorized(String detail) {
    return new Refusal(401, "Unauthorized: " + detail);
  }

  static Refusal forbidden(String detail) {
    return new Refusal(403, "Forbidden: " + detail);
  }

  /** The reason Kubernetes knows for the status; empty when it has none. */
  String reason() {
    return switch (status) {
      case 400 -> "BadRequest";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "NotFound";
      case 405 -> "MethodNotAllowed";
      case 406 -> "NotAcceptable";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 413 -> "RequestEntityTooLarge";
      case 415 -> "UnsupportedMediaType";
      case 422 -> "Invalid";
      case 429 -> "TooManyRequests";
      case 500 -> "InternalError";
      case 503 -> "ServiceUnavailable";
      case 504 -> "Timeout";
      default -> "";
    };
  }

  /** The message as clients see it. */
  String text() {
    return PREFIX + message;
  }
}
