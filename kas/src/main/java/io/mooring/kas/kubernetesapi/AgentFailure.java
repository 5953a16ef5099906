package io.mooring.kas.kubernetesapi;

import io.grpc.Status;
import io.mooring.protocol.observability.GrpcCode;

/** What it means for a request that the RPC that carries it ended before its answer. */
final class AgentFailure {
  private AgentFailure() {}

  /**
   * Whether the way to the cluster broke, rather than the request: agentk says of its own failures
   * that they are from gRPC to HTTP.
   */
  static boolean isOfTheWay(Status status) {
    boolean broken =
        switch (status.getCode()) {
          case UNAVAILABLE, CANCELLED -> true;
          case OK,
              UNKNOWN,
              INVALID_ARGUMENT,
              DEADLINE_EXCEEDED,
              NOT_FOUND,
              ALREADY_EXISTS,
              PERMISSION_DENIED,
              RESOURCE_EXHAUSTED,
              FAILED_PRECONDITION,
              ABORTED,
              OUT_OF_RANGE,
              UNIMPLEMENTED,
              INTERNAL,
              DATA_LOSS,
              UNAUTHENTICATED ->
              false;
        };
    return broken && !String.valueOf(status.getDescription()).startsWith("gRPC -> HTTP");
  }

  /** The status as clients of the original see it. */
  static String text(Status status) {
    return status.isOk()
        ? "EOF"
        : "rpc error: code = "
            + GrpcCode.name(status.getCode())
            + " desc = "
            + (status.getDescription() == null ? "" : status.getDescription());
  }

  /** What the client is told (kubernetes-api.md 8). */
  static Refusal refusal(String what) {
    return new Refusal(502, "HTTP->gRPC: failed to read gRPC response: " + what);
  }
}
