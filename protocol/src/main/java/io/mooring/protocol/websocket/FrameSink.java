package io.mooring.protocol.websocket;

import io.netty.buffer.ByteBuf;

/** Takes what frames contain. */
interface FrameSink {
  /** Bytes of the stream, never empty; the sink owns the buffer. */
  void data(ByteBuf bytes);

  /** A ping, whose payload the pong repeats. */
  void ping(byte[] payload);

  /** The peer closes. */
  void close(CloseReason reason);
}
