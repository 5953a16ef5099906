package io.mooring.kas.routing;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;

/** Says in the metadata of an RPC which agent it is for (wire.md 4). */
public final class RoutedAgent {
  /** Decimal id of the agent; exactly one value. */
  public static final Metadata.Key<String> ID =
      Metadata.Key.of("kas-hop-routing-agent-id", Metadata.ASCII_STRING_MARSHALLER);

  private RoutedAgent() {}

  /** Addresses an RPC. */
  public static void set(Metadata headers, long agentId) {
    headers.discardAll(ID);
    headers.put(ID, Long.toString(agentId));
  }

  /**
   * The agent an RPC is for.
   *
   * @throws StatusException {@code INVALID_ARGUMENT} when it names none, several, or no number
   */
  static long of(Metadata headers) throws StatusException {
    Iterable<String> values = headers.getAll(ID);
    int count = 0;
    String only = "";
    if (values != null) {
      for (String value : values) {
        count++;
        only = value;
      }
    }
    if (count != 1) {
      throw Status.INVALID_ARGUMENT
          .withDescription("Expecting a single " + ID.name() + ", got " + count)
          .asException();
    }
    try {
      return Long.parseLong(only);
    } catch (NumberFormatException e) {
      throw Status.INVALID_ARGUMENT
          .withDescription("Invalid " + ID.name())
          .withCause(e)
          .asException();
    }
  }
}
