package io.mooring.agentk.kas;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import java.util.List;

/** Remembers how large each message was on the wire and after decompression. */
public final class MessageSizes extends ServerStreamTracer.Factory {
  private final List<Sizes> sizes;
  private final List<String> streams;

  MessageSizes(List<Sizes> sizes, List<String> streams) {
    this.sizes = sizes;
    this.streams = streams;
  }

  /** Sizes in bytes; equal when a message was not compressed. */
  public record Sizes(String method, long wire, long plain) {}

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    streams.add(method);
    return new ServerStreamTracer() {
      @Override
      public void inboundMessageRead(int number, long wire, long plain) {
        sizes.add(new Sizes(method, wire, plain));
      }
    };
  }
}
