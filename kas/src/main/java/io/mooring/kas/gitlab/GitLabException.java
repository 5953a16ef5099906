package io.mooring.kas.gitlab;

import com.google.protobuf.InvalidProtocolBufferException;
import io.mooring.wire.gitlab.ClientError;
import java.io.Serial;
import java.util.Optional;

/**
 * GitLab did not give what it was asked for: it refused, or there was no usable answer. The message
 * is safe to show to operators and holds no credentials.
 */
public final class GitLabException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Optional<ClientError> answer;
  private final boolean remembered;

  /** An answer with an unexpected status. */
  GitLabException(ClientError answer) {
    this(answer, false);
  }

  private GitLabException(ClientError answer, boolean remembered) {
    super(text(answer));
    this.answer = Optional.of(answer);
    this.remembered = remembered;
  }

  /** No answer, or one that makes no sense. */
  public GitLabException(String message) {
    super(message);
    this.answer = Optional.empty();
    this.remembered = false;
  }

  /** No answer, or one that makes no sense. */
  GitLabException(String message, Throwable cause) {
    super(message, cause);
    this.answer = Optional.empty();
    this.remembered = false;
  }

  /** HTTP status of the answer; 0 when there was none or it made no sense. */
  public int status() {
    return answer.map(ClientError::getStatusCode).orElse(0);
  }

  /** Whether GitLab knows the caller and said no: 401, 403 or 404. Only this is remembered. */
  public boolean isRefusal() {
    return status() == 401 || status() == 403 || status() == 404;
  }

  /** Whether GitLab was not asked, because it had said so a short while ago. */
  public boolean isRemembered() {
    return remembered;
  }

  /** The message without the reason that GitLab gave, which is not for callers of kas. */
  public String shown() {
    return answer
        .map(error -> text(error.toBuilder().clearReason().build()))
        .orElseGet(() -> String.valueOf(getMessage()));
  }

  /** The answer as it is shared with other replicas. */
  Optional<ClientError> answer() {
    return answer;
  }

  private static String text(ClientError error) {
    String path = error.getPath().isEmpty() ? "<unknown>" : error.getPath();
    String reason = error.getReason().isEmpty() ? "" : " with reason " + error.getReason();
    return "HTTP status code: " + error.getStatusCode() + " for path " + path + reason;
  }

  /** Reads what another replica shared. */
  static GitLabException shared(com.google.protobuf.Any any) throws InvalidProtocolBufferException {
    return new GitLabException(any.unpack(ClientError.class), true);
  }
}
