package io.mooring.kas.rpc;

/** How large a message may be that kas takes. */
public final class MessageLimit {
  /**
   * 4 MiB, as everywhere with gRPC, and room for the message around it: what travels through a
   * tunnel or to another replica is packed into one more message at each hop.
   */
  public static final int BYTES = 4 * 1024 * 1024 + 64 * 1024;

  private MessageLimit() {}
}
