package io.mooring.kas.kubernetesapi;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;

/** How the client finds the end of an answer's body (RFC 9112 6.3). Used by one thread. */
final class Framing {
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(US_ASCII);

  /** Length in hexadecimal digits, and two line breaks. */
  private static final int CHUNK_OVERHEAD = 8 + 4;

  /** The ways. */
  enum Kind {
    /** There is none. */
    NONE,
    /** It has as many bytes as the head says. */
    LENGTH,
    /** It comes in chunks. */
    CHUNKED,
    /** It ends with the connection. */
    UNTIL_CLOSE
  }

  private final Kind kind;
  private long remaining;

  private Framing(Kind kind, long length) {
    this.kind = kind;
    this.remaining = length;
  }

  /**
   * The way of an answer.
   *
   * @param length what the answer's head says, negative when it does not
   */
  static Framing of(RequestHead request, int status, long length) {
    if (request.isHead() || status < 200 || status == 204 || status == 304) {
      return new Framing(Kind.NONE, 0);
    }
    if (length >= 0) {
      return new Framing(Kind.LENGTH, length);
    }
    return new Framing(request.http10() ? Kind.UNTIL_CLOSE : Kind.CHUNKED, 0);
  }

  Kind kind() {
    return kind;
  }

  /**
   * A piece of the body as it is written; empty when the answer has no room for it, so that it is
   * broken.
   */
  Optional<ByteBuf> piece(ByteString data, ByteBufAllocator allocator) {
    int size = data.size();
    return switch (kind) {
      case NONE -> Optional.empty();
      case LENGTH -> {
        if (size > remaining) {
          yield Optional.empty();
        }
        remaining -= size;
        yield Optional.of(copy(data, allocator.directBuffer(size)));
      }
      case UNTIL_CLOSE -> Optional.of(copy(data, allocator.directBuffer(size)));
      case CHUNKED -> Optional.of(chunk(data, allocator));
    };
  }

  /** A chunk without bytes would be the last one, so there is none. */
  private static ByteBuf chunk(ByteString data, ByteBufAllocator allocator) {
    int size = data.size();
    ByteBuf out = allocator.directBuffer(size + CHUNK_OVERHEAD);
    if (size > 0) {
      hexadecimal(out, size);
      out.writeShort('\r' << 8 | '\n');
      copy(data, out);
      out.writeShort('\r' << 8 | '\n');
    }
    return out;
  }

  private static void hexadecimal(ByteBuf out, int size) {
    int digits = (32 - Integer.numberOfLeadingZeros(size) + 3) / 4;
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      out.writeByte(Character.forDigit(size >>> shift & 0xf, 16));
    }
  }

  // hot: the only copy between the tunnel and the socket.
  private static ByteBuf copy(ByteString data, ByteBuf out) {
    int at = out.writerIndex();
    int size = data.size();
    data.copyTo(out.nioBuffer(at, size));
    return out.writerIndex(at + size);
  }

  /** Whether the body may end now. */
  boolean isComplete() {
    return kind != Kind.LENGTH || remaining == 0;
  }

  /** What is written at the end, if anything. */
  byte[] end() {
    return kind == Kind.CHUNKED ? LAST_CHUNK : new byte[0];
  }
}
