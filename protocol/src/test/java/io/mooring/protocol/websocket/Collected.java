package io.mooring.protocol.websocket;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Remembers what frames contained. */
final class Collected implements FrameSink {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<String> controls = new ArrayList<>();

  @Override
  public void data(ByteBuf part) {
    try {
      byte[] copy = new byte[part.readableBytes()];
      part.readBytes(copy);
      bytes.writeBytes(copy);
    } finally {
      part.release();
    }
  }

  @Override
  public void ping(byte[] payload) {
    controls.add("ping of " + payload.length);
  }

  @Override
  public void close(CloseReason reason) {
    controls.add("close " + reason);
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  List<String> controls() {
    return controls;
  }
}
