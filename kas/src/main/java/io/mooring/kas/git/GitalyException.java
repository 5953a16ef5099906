package io.mooring.kas.git;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A question to Gitaly that got no usable answer. The message is safe to show to users and has the
 * form {@code <Code>: <RPC>: <what happened>: <path>: <cause>}, absent parts left out
 * (gitlab-api.md 6.5).
 */
public final class GitalyException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of failure. */
  public enum Code {
    /** The path, revision or ref does not exist. */
    NOT_FOUND("NotFound", "file/directory/ref not found", true),
    /** The file is larger than the limit of the question. */
    FILE_TOO_BIG("FileTooBig", "file is too big", true),
    /** A directory, a submodule or a tag where a file was asked for. */
    UNEXPECTED_TREE_ENTRY_TYPE("UnexpectedTreeEntryType", "file is not a usual file", true),
    /** Gitaly refused the question itself. */
    INVALID_ARGUMENT("InvalidArgument", "invalid argument", true),
    /** The RPC failed: a later attempt may succeed. */
    RPC_ERROR("RpcError", "RPC failed", false),
    /** The answer is not what the protocol allows. */
    PROTOCOL_ERROR("ProtocolError", "unexpected answer", false),
    /** The client of Gitaly gave up on its own, for instance at its rate limit. */
    UNKNOWN("UnknownErr", "not asked", false);

    private final String label;
    private final String text;
    private final boolean causedByUser;

    Code(String label, String text, boolean causedByUser) {
      this.label = label;
      this.text = text;
      this.causedByUser = causedByUser;
    }
  }

  private final Code code;

  GitalyException(Code code, String rpc, String path, @Nullable Throwable cause) {
    this(code, rpc, path, cause == null ? "" : cause.getMessage(), cause);
  }

  GitalyException(
      Code code, String rpc, String path, @Nullable String reason, @Nullable Throwable cause) {
    super(text(code, rpc, path, reason), cause);
    this.code = code;
  }

  /** What kind of failure. */
  public Code code() {
    return code;
  }

  /**
   * Whether what a user pushed or wrote is at fault, so that asking again is useless until it
   * changes.
   */
  public boolean causedByUser() {
    return code.causedByUser;
  }

  private static String text(Code code, String rpc, String path, @Nullable String reason) {
    return Stream.of(code.label, rpc, code.text, path, reason == null ? "" : reason)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(": "));
  }
}
