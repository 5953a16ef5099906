package io.mooring.apply.cluster;

import io.mooring.apply.object.Json;
import io.mooring.apply.object.JsonObject;
import io.mooring.apply.object.ObjectRef;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/** A request the API server did not carry out, or did not answer. */
public final class ApiException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * A proxy in between may answer with a page of its own; this much of an answer goes into a
   * message.
   */
  private static final int MAX_MESSAGE = 2_000;

  /** The code of a request without an answer. */
  public static final int NO_ANSWER = 0;

  private final int code;
  private final String reason;
  private final String fields;
  private final boolean namesNamespace;
  private final Duration retryAfter;

  private ApiException(
      int code, String reason, String message, JsonObject status, Optional<IOException> cause) {
    super(
        message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...",
        cause.orElse(null));
    this.code = code;
    this.reason = reason;
    this.fields = fields(status);
    this.namesNamespace = status.text("details", "kind").equals("namespaces");
    this.retryAfter =
        Duration.ofSeconds(Math.max(0, status.number("details", "retryAfterSeconds").orElse(0)));
  }

  static ApiException noAnswer(String request, IOException cause) {
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new ApiException(
        NO_ANSWER,
        "NoAnswer",
        request + ": no answer: " + why,
        JsonObject.EMPTY,
        Optional.of(cause));
  }

  static ApiException answered(String request, int code, byte[] body) {
    JsonObject status = JsonObject.EMPTY;
    try {
      status = Json.read(body);
    } catch (JacksonException notJson) {
      // A load balancer in front of the server answers with pages of its own: the code says enough.
    }
    return of(request, code, status);
  }

  /** From a Status object, as watches deliver it. */
  public static ApiException ofStatus(String request, JsonObject status) {
    return of(request, (int) status.number("code").orElse(500), status);
  }

  private static ApiException of(String request, int code, JsonObject status) {
    String text = status.text("message");
    return new ApiException(
        code,
        status.text("reason"),
        text.isEmpty() ? request + ": HTTP " + code : text,
        status,
        Optional.empty());
  }

  private static String fields(JsonObject status) {
    List<String> fields =
        status.objects("details", "causes").stream()
            .map(cause ->
                cause.text("field")
                    + (cause.text("reason").isEmpty() ? "" : " (" + cause.text("reason") + ")"))
            .filter(text -> !text.isBlank())
            .toList();
    return fields.stream().collect(Collectors.joining(", "));
  }

  /** The HTTP status, or {@link #NO_ANSWER}. */
  public int code() {
    return code;
  }

  /** The machine-readable reason of the Status object, such as {@code Invalid}. */
  public String reason() {
    return reason;
  }

  /** The pause the server asks for; zero when it asks for none. */
  public Duration retryAfter() {
    return retryAfter;
  }

  /** Whether the object, or the namespace or kind it is in, does not exist. */
  public boolean isNotFound() {
    return code == 404;
  }

  /** Whether it is the namespace that does not exist. */
  public boolean isNamespaceNotFound() {
    return code == 404 && namesNamespace;
  }

  /** Whether a watch or list has to begin anew: what it wanted to continue is no longer known. */
  public boolean isGone() {
    return code == 410 || reason.equals("Expired");
  }

  /**
   * Whether the same request may succeed in a moment. 500 is not among them: servers give it for
   * manifests they cannot convert, and what is really a hiccup is tried again by the next cycle.
   */
  public boolean isTransient() {
    return code == NO_ANSWER || code == 429 || code > 500;
  }

  /**
   * The text about a request for an object. What the server says about a Secret may quote it, so
   * only the fields it names are told.
   */
  public String textFor(ObjectRef ref) {
    boolean harmless = code == NO_ANSWER || code == 403 || code == 404;
    if (harmless || !ref.is("", "Secret")) {
      return String.valueOf(getMessage());
    }
    return "the API server refused the Secret: "
        + (reason.isEmpty() ? "HTTP " + code : reason)
        + (fields.isEmpty() ? "" : ", fields: " + fields)
        + " (its own text is withheld, it may quote the Secret)";
  }
}
