package io.mooring.protocol.websocket;

import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A step in setting up a connection. It starts when gRPC's negotiation event reaches it, has its
 * own time limit, and ends by putting the next one into its place and passing the event on. gRPC
 * holds back everything that is written at the end of the pipeline meanwhile, so a stage writes
 * from its own place.
 */
// A write or close that fails ends the channel, and whoever stands behind hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
abstract class Stage extends ChannelDuplexHandler {
  private final Duration limit;
  private @Nullable ProtocolNegotiationEvent event;
  private @Nullable Future<?> deadline;
  private boolean over;

  Stage(Duration limit) {
    this.limit = limit;
  }

  /** Begins the work of this stage. */
  abstract void begin(ChannelHandlerContext ctx);

  /** The work cannot be done. Called at most once. */
  abstract void failed(ChannelHandlerContext ctx, String what, @Nullable Throwable cause);

  /** What it says when the time is up. */
  abstract String late(Duration limit);

  /** What it says when the peer goes away. */
  abstract String gone();

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object triggered) {
    if (triggered instanceof ProtocolNegotiationEvent negotiation && event == null) {
      event = negotiation;
      deadline =
          ctx.executor()
              .schedule(
                  () -> fail(ctx, late(limit), null), limit.toMillis(), TimeUnit.MILLISECONDS);
      begin(ctx);
    } else {
      ctx.fireUserEventTriggered(triggered);
    }
  }

  /** The event as it came. */
  final ProtocolNegotiationEvent event() {
    if (event == null) {
      throw new IllegalStateException("the stage did not begin");
    }
    return event;
  }

  /** Lets the next handler do its part. */
  final void advance(
      ChannelHandlerContext ctx, ChannelHandler next, ProtocolNegotiationEvent passed) {
    over = true;
    ctx.pipeline().replace(this, null, next);
    // The context was unlinked, but still knows what follows it: the one that replaced it.
    ctx.fireUserEventTriggered(passed);
  }

  /** Puts the stream into its place; nothing stands behind it yet. */
  final ChannelHandlerContext become(ChannelHandlerContext ctx, MessageStream stream) {
    over = true;
    ctx.pipeline().replace(this, null, stream);
    return ctx.pipeline().context(stream);
  }

  /**
   * Lets gRPC in behind the WebSocket.
   *
   * @param early bytes that came with the handshake; the stream releases them
   */
  final void advance(
      ChannelHandlerContext ctx, MessageStream stream, ChannelHandler grpc, ByteBuf early) {
    ChannelHandlerContext place = become(ctx, stream);
    ctx.pipeline().addAfter(place.name(), null, grpc);
    place.fireUserEventTriggered(event());
    stream.channelRead(place, early);
  }

  /** Ends the stage without a fault to tell; the connection is closed by whoever calls. */
  final void abandon() {
    over = true;
  }

  /** Ends the connection. */
  final void fail(ChannelHandlerContext ctx, String what, @Nullable Throwable cause) {
    if (!over) {
      over = true;
      failed(ctx, what, cause);
    }
  }

  /** Whether it has ended, one way or the other. */
  final boolean isOver() {
    return over;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, gone(), null);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, String.valueOf(cause.getMessage()), cause);
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    // Our own side gives up; that is nobody's fault.
    over = true;
    ctx.close(promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
