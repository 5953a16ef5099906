package io.mooring.protocol.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Decides on a cleartext connection, by its first 24 bytes, between HTTP/2 as it is and HTTP/1.1
 * (wire.md 2.7). The bytes go on to the one it chooses.
 */
final class ProtocolSniffer extends ServerStage {
  /** What every HTTP/2 client begins with (RFC 9113 3.4). */
  static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ChannelHandler http2;
  private final ChannelHandler http1;
  private @Nullable ByteBuf first;

  ProtocolSniffer(ChannelHandler http2, ChannelHandler http1) {
    this.http2 = http2;
    this.http1 = http1;
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    // The peer speaks first.
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (isOver() || !(message instanceof ByteBuf in)) {
      ReferenceCountUtil.release(message);
      return;
    }
    ByteBuf bytes = joined(in);
    int compared = Math.min(bytes.readableBytes(), PREFACE.length);
    for (int i = 0; i < compared; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != PREFACE[i]) {
        choose(ctx, http1, bytes);
        return;
      }
    }
    if (compared == PREFACE.length) {
      choose(ctx, http2, bytes);
    } else {
      // Fewer than 24 bytes.
      first = bytes;
    }
  }

  private ByteBuf joined(ByteBuf in) {
    ByteBuf before = first;
    first = null;
    if (before == null) {
      return in;
    }
    before.writeBytes(in);
    in.release();
    return before;
  }

  private void choose(ChannelHandlerContext ctx, ChannelHandler chosen, ByteBuf bytes) {
    advance(ctx, chosen, event());
    // From the front, because what was chosen may have put a decoder before itself.
    ctx.pipeline().fireChannelRead(bytes);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    super.handlerRemoved(ctx);
    if (first != null) {
      first.release();
      first = null;
    }
  }
}
