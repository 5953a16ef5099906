package io.mooring.kas.kubernetesapi;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.ArrayList;
import java.util.List;

/** The head of an answer while it is put together. Used by one thread. */
final class ResponseHead {
  private static final byte[] VERSION = "HTTP/1.1 ".getBytes(US_ASCII);
  private static final int USUAL_BYTES = 1024;

  private final int status;
  private final List<String> lines = new ArrayList<>(32);

  ResponseHead(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }

  /** Adds a header; neither text has a line break. */
  ResponseHead add(String name, String value) {
    lines.add(name);
    lines.add(value);
    return this;
  }

  /** Whether there is one of this name, spelt just so. */
  boolean has(String name) {
    for (int i = 0; i < lines.size(); i += 2) {
      if (lines.get(i).equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** As it is written. */
  ByteBuf encode(ByteBufAllocator allocator) {
    ByteBuf out = allocator.directBuffer(USUAL_BYTES);
    out.writeBytes(VERSION);
    ByteBufUtil.writeAscii(out, HttpResponseStatus.valueOf(status).toString());
    lineBreak(out);
    for (int i = 0; i < lines.size(); i += 2) {
      ByteBufUtil.writeAscii(out, lines.get(i));
      out.writeByte(':').writeByte(' ');
      ByteBufUtil.writeUtf8(out, lines.get(i + 1));
      lineBreak(out);
    }
    lineBreak(out);
    return out;
  }

  private static void lineBreak(ByteBuf out) {
    out.writeShort('\r' << 8 | '\n');
  }
}
