package io.mooring.protocol.observability;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Closes a connection that is idle, or whose request takes too long to arrive. */
final class RequestTimeout extends ChannelInboundHandlerAdapter {
  /** From the first byte of the head to the end of the body (redis-observability.md 4). */
  private static final long READ_SECONDS = 1;

  private @Nullable ScheduledFuture<?> deadline;

  @Override
  public void channelActive(ChannelHandlerContext context) {
    arm(context);
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest) {
      arm(context);
    }
    if (message instanceof LastHttpContent) {
      disarm();
    }
    context.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    disarm();
    context.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent) {
      var _ = context.close();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  private void arm(ChannelHandlerContext context) {
    disarm();
    Runnable cut =
        () -> {
          var _ = context.close();
        };
    deadline = context.executor().schedule(cut, READ_SECONDS, TimeUnit.SECONDS);
  }

  private void disarm() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
