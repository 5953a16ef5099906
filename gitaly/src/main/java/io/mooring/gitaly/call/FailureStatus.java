package io.mooring.gitaly.call;

import com.google.protobuf.Any;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.mooring.gitaly.failure.GitalyFailure;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.LockFailedException;

/**
 * What a failure becomes on the wire (gitlab-side.md 8.1: error codes and {@code
 * grpc-status-details-bin}).
 */
final class FailureStatus {
  private static final String TYPE_PREFIX = "type.googleapis.com";

  private FailureStatus() {}

  static StatusException of(Throwable failure) {
    return switch (failure) {
      case GitalyFailure known -> of(known);
      case StatusException status -> status;
      case StatusRuntimeException status ->
          new StatusException(status.getStatus(), trailers(status));
      case LargeObjectException large ->
          status(Status.RESOURCE_EXHAUSTED, "an object is too large to be held in memory", large);
      case OutOfMemoryError full ->
          status(Status.RESOURCE_EXHAUSTED, "an object is too large to be held in memory", full);
      case LockFailedException locked ->
          status(Status.ABORTED, "somebody else changes the same references; try again", locked);
      case ClosedByInterruptException stopped ->
          status(Status.UNAVAILABLE, "the server is stopping", stopped);
      case IOException io when io.getCause() instanceof GitalyFailure -> of(io.getCause());
      case IOException io ->
          status(Status.INTERNAL, "reading or writing the repository failed: " + name(io), io);
      case Throwable defect ->
          status(Status.INTERNAL, "unexpected failure: " + name(defect), defect);
    };
  }

  /** Whether the failure is the server's fault and has a cause that belongs into the log. */
  static boolean isOurs(Status status, Throwable failure) {
    boolean ours =
        status.getCode() == Status.Code.INTERNAL
            || status.getCode() == Status.Code.RESOURCE_EXHAUSTED;
    return ours && (!(failure instanceof GitalyFailure) || failure.getCause() != null);
  }

  private static StatusException of(GitalyFailure failure) {
    Status status =
        code(failure.kind()).toStatus().withDescription(failure.text()).withCause(failure);
    if (failure.detail().isEmpty()) {
      return status.asException();
    }
    var carried =
        com.google.rpc.Status.newBuilder()
            .setCode(status.getCode().value())
            .setMessage(failure.text())
            .addDetails(Any.pack(failure.detail().get(), TYPE_PREFIX))
            .build();
    return StatusProto.toStatusException(carried);
  }

  static Status.Code code(GitalyFailure.Kind kind) {
    return switch (kind) {
      case INVALID_ARGUMENT -> Status.Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
      case FAILED_PRECONDITION -> Status.Code.FAILED_PRECONDITION;
      case PERMISSION_DENIED -> Status.Code.PERMISSION_DENIED;
      case ABORTED -> Status.Code.ABORTED;
      case RESOURCE_EXHAUSTED -> Status.Code.RESOURCE_EXHAUSTED;
      case UNIMPLEMENTED -> Status.Code.UNIMPLEMENTED;
      case UNAVAILABLE -> Status.Code.UNAVAILABLE;
      case CANCELLED -> Status.Code.CANCELLED;
      case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
      case INTERNAL -> Status.Code.INTERNAL;
    };
  }

  // Messages of I/O failures hold paths of the server, so only the kind of failure is shown.
  private static String name(Throwable failure) {
    return failure.getClass().getSimpleName();
  }

  private static StatusException status(Status status, String text, Throwable cause) {
    return status.withDescription(text).withCause(cause).asException();
  }

  private static Metadata trailers(StatusRuntimeException status) {
    Metadata trailers = status.getTrailers();
    return trailers == null ? new Metadata() : trailers;
  }
}
