package io.mooring.kas.git;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import java.util.concurrent.atomic.LongAdder;

/** Counts the bytes that came from Git for one piece of work. Thread-safe. */
public final class Traffic {
  private final LongAdder bytes = new LongAdder();
  private final LongAdder calls = new LongAdder();

  /** Bytes of answers as they came over the wire, without HTTP/2 framing and headers. */
  public long bytes() {
    return bytes.sum();
  }

  /** RPCs that were made. */
  public long calls() {
    return calls.sum();
  }

  ClientStreamTracer.Factory tracers() {
    return new ClientStreamTracer.Factory() {
      @Override
      public ClientStreamTracer newClientStreamTracer(
          ClientStreamTracer.StreamInfo info, Metadata headers) {
        calls.increment();
        return new ClientStreamTracer() {
          @Override
          public void inboundWireSize(long count) {
            bytes.add(count);
          }
        };
      }
    };
  }
}
