package io.mooring.protocol.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder.Cumulator;
import io.netty.handler.codec.http2.Http2ConnectionHandler;

/**
 * Keeps what a stalled HTTP/2 stream holds close to the bytes that came for it. Data is passed on
 * as slices of the buffers it was read into, and a slice keeps its whole buffer: many small reads
 * into buffers of 64 KiB, and joins that double them, held five to ten windows for each window. So
 * a buffer that is filled by less than half is exchanged for one of the right size, and two are
 * joined in one of the right size.
 *
 * <p>Each handler belongs to its channel's event loop. hot: benchmarks B3 and B4.
 */
public final class TightReads {
  private TightReads() {}

  /** For a listening channel: every connection it accepts reads so. */
  public static ChannelHandler ofServer() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Channel accepted) {
          accepted.pipeline().addLast(ofConnection());
        }
        context.fireChannelRead(message);
      }
    };
  }

  /** For a connection, before HTTP/2 is there: it is gone as soon as that is. */
  public static ChannelHandler ofConnection() {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void channelRead(ChannelHandlerContext context, Object message) {
        // What negotiates the protocol adds HTTP/2 while it reads, so it is looked for before and
        // after.
        boolean set = set(context);
        context.fireChannelRead(message);
        // A read within this one, or the end of the connection, may have removed it.
        if ((set || set(context)) && !context.isRemoved()) {
          context.pipeline().remove(this);
        }
      }
    };
  }

  private static boolean set(ChannelHandlerContext context) {
    Http2ConnectionHandler http2 = context.pipeline().get(Http2ConnectionHandler.class);
    if (http2 != null) {
      http2.setCumulator(CUMULATOR);
    }
    return http2 != null;
  }

  static final Cumulator CUMULATOR = TightReads::join;

  private static ByteBuf join(ByteBufAllocator allocator, ByteBuf before, ByteBuf read) {
    if (!before.isReadable()) {
      before.release();
      return fitting(allocator, read);
    }
    try {
      ByteBuf joined = allocator.buffer(before.readableBytes() + read.readableBytes());
      joined.writeBytes(before).writeBytes(read);
      return joined;
    } finally {
      before.release();
      read.release();
    }
  }

  private static ByteBuf fitting(ByteBufAllocator allocator, ByteBuf read) {
    if (read.readableBytes() >= read.capacity() / 4 * 3) {
      return read;
    }
    try {
      return allocator.buffer(read.readableBytes()).writeBytes(read);
    } finally {
      read.release();
    }
  }
}
