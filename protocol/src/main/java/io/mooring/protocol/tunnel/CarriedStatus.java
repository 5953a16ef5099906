package io.mooring.protocol.tunnel;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;

/**
 * The final status of an RPC as messages carry it: code, text and details.
 *
 * @param status without the details
 * @param trailers hold the details, if there are any
 */
public record CarriedStatus(Status status, Metadata trailers) {
  /** What the hop before told. A code that gRPC does not know becomes {@code UNKNOWN}. */
  public static CarriedStatus decode(com.google.rpc.Status carried) {
    int code = carried.getCode();
    boolean known = code >= 0 && code < Status.Code.values().length;
    com.google.rpc.Status usable =
        known ? carried : carried.toBuilder().setCode(Status.Code.UNKNOWN.value()).build();
    if (usable.getCode() == 0) {
      return new CarriedStatus(Status.OK, new Metadata());
    }
    StatusException exception = StatusProto.toStatusException(usable);
    Metadata trailers = exception.getTrailers();
    return new CarriedStatus(
        exception.getStatus(),
        trailers == null || usable.getDetailsCount() == 0 ? new Metadata() : trailers);
  }

  /** For the next hop. */
  public static com.google.rpc.Status encode(Status status, Metadata trailers) {
    return StatusProto.fromStatusAndTrailers(status, trailers);
  }
}
