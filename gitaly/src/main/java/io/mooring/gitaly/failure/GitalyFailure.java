package io.mooring.gitaly.failure;

import com.google.protobuf.Message;
import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Work that could not be done. The text is safe to show to the caller: it never holds a path of the
 * server or a secret. One class maps the kinds to gRPC status.
 */
public final class GitalyFailure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** Why work could not be done; each kind is one gRPC status code. */
  public enum Kind {
    /** The request cannot be right, whatever is stored. */
    INVALID_ARGUMENT,
    /** What the request names is not there. */
    NOT_FOUND,
    /** What the request wants to make is there already. */
    ALREADY_EXISTS,
    /** What is stored does not allow the request. */
    FAILED_PRECONDITION,
    /** GitLab does not allow the request. */
    PERMISSION_DENIED,
    /** Somebody else changed the same thing at the same time. */
    ABORTED,
    /** A limit of the server was reached. */
    RESOURCE_EXHAUSTED,
    /** The server does not offer this. */
    UNIMPLEMENTED,
    /** The server is stopping, or GitLab does not answer. */
    UNAVAILABLE,
    /** The caller went away. */
    CANCELLED,
    /** The caller stayed, but neither reads nor writes. */
    DEADLINE_EXCEEDED,
    /** A defect, or a repository that is damaged. */
    INTERNAL
  }

  private final Kind kind;

  @SuppressWarnings("serial") // Protobuf messages are serializable; the interface does not say so.
  private final @Nullable Message detail;

  /** A failure without a detail. */
  public GitalyFailure(Kind kind, String message) {
    this(kind, message, null, null);
  }

  /** A failure that another one led to. */
  public GitalyFailure(Kind kind, String message, Throwable cause) {
    this(kind, message, null, cause);
  }

  private GitalyFailure(
      Kind kind, String message, @Nullable Message detail, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.detail = detail;
  }

  /** The request cannot be right. */
  public static GitalyFailure invalid(String message) {
    return new GitalyFailure(Kind.INVALID_ARGUMENT, message);
  }

  /** What the request names is not there. */
  public static GitalyFailure notFound(String message) {
    return new GitalyFailure(Kind.NOT_FOUND, message);
  }

  /** What is stored does not allow the request. */
  public static GitalyFailure precondition(String message) {
    return new GitalyFailure(Kind.FAILED_PRECONDITION, message);
  }

  /**
   * The same failure with a message of the protocol in its detail (gitlab-side.md 8.1, error
   * details).
   */
  public GitalyFailure withDetail(Message detail) {
    return new GitalyFailure(kind, text(), detail, getCause());
  }

  /** Why it failed. */
  public Kind kind() {
    return kind;
  }

  /** What happened, safe to show. */
  public String text() {
    return String.valueOf(getMessage());
  }

  /** The detail the protocol wants, if any. */
  public Optional<Message> detail() {
    return Optional.ofNullable(detail);
  }
}
