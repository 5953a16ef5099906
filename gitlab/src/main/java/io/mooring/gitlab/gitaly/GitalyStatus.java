package io.mooring.gitlab.gitaly;

import io.grpc.StatusRuntimeException;

/** What a failed call to a Git server means. */
public final class GitalyStatus {
  private GitalyStatus() {}

  /** Whether something that was named is not there: the repository, the revision or the path. */
  public static boolean isMissing(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case NOT_FOUND, INVALID_ARGUMENT -> true;
      default -> false;
    };
  }
}
