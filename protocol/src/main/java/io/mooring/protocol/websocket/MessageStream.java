package io.mooring.protocol.websocket;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes a byte stream of a WebSocket: what gRPC writes between two flushes leaves as one binary
 * message, what binary messages contain reaches gRPC without their borders (wire.md 2.7). Answers
 * pings, and closes the WebSocket before the connection.
 */
// A write or close that fails ends the channel, and whoever stands behind hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class MessageStream extends ChannelDuplexHandler implements FrameSink {
  /**
   * The most one message carries. Well under what a peer takes, and small enough for the masked
   * copy to stay in the processor's cache.
   */
  static final int MAX_WRITE_BYTES = 256 * 1024;

  /**
   * How long the peer may take to confirm a Close. As long as that, bytes under way to it are not
   * lost to a reset.
   */
  static final long CLOSE_WAIT_SECONDS = 2;

  private final Role role;
  private final FrameReader reader;
  private final FrameWriter writer;

  private @Nullable ChannelHandlerContext context;
  private @Nullable CoalescingBufferQueue unsent;
  private boolean closeSent;
  private boolean closeReceived;
  private boolean closing;
  private boolean broken;
  private boolean flushNeeded;
  private byte @Nullable [] unansweredPing;
  private @Nullable Future<?> closeWait;

  MessageStream(Role role) {
    this.role = role;
    reader = new FrameReader(role instanceof Role.Server, this);
    writer = new FrameWriter(role);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    // Counts what is not sent yet as pending in the channel, so that gRPC sees it fill up.
    unsent = new CoalescingBufferQueue(ctx.channel(), 16, true);
  }

  // Inbound.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf in)) {
      ctx.fireChannelRead(message);
      return;
    }
    try {
      if (!closeReceived && !broken) {
        reader.read(in);
      }
    } catch (FrameException e) {
      broken = true;
      fail(e.reason());
    } finally {
      in.release();
    }
  }

  @Override
  public void data(ByteBuf bytes) {
    if (closeSent || closeReceived) {
      bytes.release();
    } else {
      context().fireChannelRead(bytes);
    }
  }

  @Override
  public void ping(byte[] payload) {
    // Only the latest ping of a peer that does not read (RFC 6455 5.5.3): pongs never pile up.
    unansweredPing = payload;
    pong(context());
  }

  private void pong(ChannelHandlerContext ctx) {
    byte[] payload = unansweredPing;
    if (payload != null && !closeSent && ctx.channel().isWritable()) {
      unansweredPing = null;
      ctx.write(writer.whole(ctx.alloc(), Opcode.PONG, Unpooled.wrappedBuffer(payload)));
      flushNeeded = true;
    }
  }

  @Override
  public void close(CloseReason reason) {
    ChannelHandlerContext ctx = context();
    boolean asked = closeSent;
    closeReceived = true;
    sendClose(ctx, new CloseReason(reason.code(), ""));
    if (!asked && !reason.isOrderly()) {
      interrupt(ctx, role.peer() + " closed the WebSocket with " + reason);
    }
    disconnect(ctx);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (flushNeeded) {
      flushNeeded = false;
      ctx.flush();
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    pong(ctx);
    if (flushNeeded) {
      flushNeeded = false;
      ctx.flush();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    drop();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    drop();
  }

  // Outbound.

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!(message instanceof ByteBuf bytes)) {
      ctx.write(message, promise);
    } else if (closeSent || !ctx.channel().isActive()) {
      ReferenceCountUtil.release(bytes);
      promise.tryFailure(new ClosedChannelException());
    } else if (!bytes.isReadable()) {
      bytes.release();
      promise.trySuccess();
    } else {
      unsent().add(bytes, promise.unvoid());
      if (unsent().readableBytes() >= MAX_WRITE_BYTES) {
        send(ctx);
      }
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    send(ctx);
    ctx.flush();
  }

  private void send(ChannelHandlerContext ctx) {
    while (!unsent().isEmpty()) {
      ChannelPromise promise = ctx.newPromise();
      ByteBuf bytes = unsent().remove(Math.min(unsent().readableBytes(), MAX_WRITE_BYTES), promise);
      switch (role) {
        case Role.Client ignored -> {
          ByteBuf frame = writer.whole(ctx.alloc(), Opcode.BINARY, bytes);
          bytes.release();
          ctx.write(frame, promise);
        }
        case Role.Server ignored -> {
          ctx.write(writer.header(ctx.alloc(), Opcode.BINARY, bytes.readableBytes()));
          ctx.write(bytes, promise);
        }
      }
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!ctx.channel().isActive()) {
      ctx.close(promise);
      return;
    }
    ctx.channel().closeFuture().addListener(ignored -> promise.trySuccess());
    if (closing) {
      return;
    }
    closing = true;
    if (!closeSent) {
      send(ctx);
      sendClose(ctx, CloseReason.of(role.closeCode()));
    }
    if (closeReceived) {
      disconnect(ctx);
    } else {
      closeWait =
          ctx.executor().schedule(() -> disconnect(ctx), CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Refuses to go on: tells the peer why, and gRPC. */
  void fail(CloseReason reason) {
    ChannelHandlerContext ctx = context();
    if (!closeSent) {
      sendClose(ctx, reason);
      interrupt(ctx, role.peer() + " broke the WebSocket protocol: " + reason.text());
    }
  }

  private void interrupt(ChannelHandlerContext ctx, String what) {
    // gRPC takes the status out of the cause, and closes.
    ctx.fireExceptionCaught(
        new Http2Exception(
            Http2Error.PROTOCOL_ERROR,
            what,
            Status.UNAVAILABLE.withDescription(what).asRuntimeException()));
  }

  private void sendClose(ChannelHandlerContext ctx, CloseReason reason) {
    if (!closeSent) {
      closeSent = true;
      unsent().releaseAndFailAll(new ClosedChannelException());
      ctx.writeAndFlush(
          writer.whole(ctx.alloc(), Opcode.CLOSE, Unpooled.wrappedBuffer(reason.encode())));
    }
  }

  private void disconnect(ChannelHandlerContext ctx) {
    closing = true;
    ctx.close();
  }

  private void drop() {
    unsent().releaseAndFailAll(new ClosedChannelException());
    if (closeWait != null) {
      closeWait.cancel(false);
    }
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(context, "context");
  }

  private CoalescingBufferQueue unsent() {
    return Objects.requireNonNull(unsent, "unsent");
  }
}
