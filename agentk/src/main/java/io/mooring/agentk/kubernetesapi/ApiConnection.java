package io.mooring.agentk.kubernetesapi;

import io.mooring.agentk.kubernetes.ApiAccess;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the API server and the request that uses it now. Nothing is read unless its user
 * takes more; while it has none, one read is open, to see that the other side closes it. Owned by
 * the event loop.
 */
// hot: every byte of a response passes here; benchmarks B1, B3.
// Writes and closes that fail end the connection, and its user hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class ApiConnection extends ChannelInboundHandlerAdapter {
  /** What was said must leave within this time after the other side has no more to say. */
  private static final Duration LAST_WRITES = Duration.ofSeconds(5);

  private final Channel channel;
  private final ApiAccess access;
  private @Nullable User user;
  private boolean reading;
  private boolean raw;
  private boolean used;
  private long idleSince;

  /** Whoever uses the connection. */
  interface User {
    /** The head of a response. */
    void head(HttpResponse response);

    /** A piece of its body; released by the caller. */
    void body(ByteBuf bytes);

    /** The end of a response. */
    void end();

    /** Bytes of another protocol; released by the caller. */
    void bytes(ByteBuf bytes);

    /** No more bytes of the other protocol. */
    void bytesEnded();

    /** More may be written. */
    void writable();

    /** Whether more may be read. */
    boolean takesMore();

    /** The connection cannot be used any more. */
    void broken(String what, @Nullable Throwable cause);
  }

  ApiConnection(Channel channel, ApiAccess access) {
    this.channel = channel;
    this.access = access;
  }

  /** Whether it leads where this access leads, trusted and identified in the same way. */
  @SuppressWarnings("ReferenceEquality") // mostly it is the very same one, and comparing is dear
  boolean fits(ApiAccess now) {
    return access == now
        || (access.endpoint().equals(now.endpoint())
            && access.proxy().equals(now.proxy())
            && access.tls().equals(now.tls()));
  }

  /** Gives it to a request. */
  void use(User next) {
    user = next;
  }

  /** Takes it from its request. */
  void idle(long now) {
    user = null;
    used = true;
    idleSince = now;
    read();
  }

  /** Whether it served a request before this one. */
  boolean wasUsed() {
    return used;
  }

  long idleSince() {
    return idleSince;
  }

  boolean isOpen() {
    return channel.isActive();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  /** Writes without flushing. */
  ChannelFuture write(Object message) {
    return channel.write(message);
  }

  void flush() {
    channel.flush();
  }

  /** Reads once, unless a read is open. */
  void read() {
    if (!reading) {
      reading = true;
      channel.read();
    }
  }

  /** From here on there is no HTTP any more. */
  void switchToBytes() {
    raw = true;
    // The last words of an exec are still to be read when what the client says then finds the other
    // side gone: a write that fails must not close the connection over them.
    channel.config().setAutoClose(false);
    // What was read behind the head comes out as bytes.
    channel.pipeline().remove(HttpClientCodec.class);
  }

  /** Tells the other side that no more is said, after what was said; it may still speak. */
  void shutdownOutput() {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  SslHandler tls = channel.pipeline().get(SslHandler.class);
                  if (tls != null) {
                    tls.closeOutbound();
                  } else if (channel instanceof DuplexChannel duplex) {
                    duplex.shutdownOutput();
                  }
                });
  }

  /** Ends it at once. */
  void close() {
    user = null;
    channel.close();
  }

  /** Ends it when what was said has left. */
  void closeAfterWrites() {
    user = null;
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    channel
        .eventLoop()
        .schedule(() -> channel.close(), LAST_WRITES.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      User current = user;
      if (current == null) {
        // Nobody asked for this: what follows could be taken for the answer to the next request.
        channel.close();
      } else if (raw) {
        if (message instanceof ByteBuf bytes) {
          current.bytes(bytes);
        }
      } else if (message instanceof HttpObject part) {
        received(current, part);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @SuppressWarnings("ReferenceEquality") // a user that let go while it was told hears no more
  private void received(User current, HttpObject part) {
    if (part.decoderResult().isFailure()) {
      Throwable cause = part.decoderResult().cause();
      fail("malformed HTTP response: " + cause.getMessage(), cause);
      return;
    }
    if (part instanceof HttpResponse response) {
      current.head(response);
    }
    if (part instanceof HttpContent content && user == current && content.content().isReadable()) {
      current.body(content.content());
    }
    if (part instanceof LastHttpContent && user == current) {
      current.end();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    User current = user;
    if (current == null || current.takesMore()) {
      read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    User current = user;
    if (current != null && channel.isWritable()) {
      current.writable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      inputEnded();
    } else if (event == SslCloseCompletionEvent.SUCCESS && raw) {
      inputEnded();
    } else if (event == SslCloseCompletionEvent.SUCCESS) {
      // The codec takes only the end of the channel for the end of a body without a length.
      channel.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inputEnded();
  }

  private void inputEnded() {
    User current = user;
    if (current == null) {
      channel.close();
    } else if (raw) {
      current.bytesEnded();
    } else {
      fail("the API server closed the connection", null);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (raw && cause instanceof IOException) {
      // All bytes before a reset were read; the protocol they are of knows whether it was its end.
      inputEnded();
      return;
    }
    fail(String.valueOf(cause.getMessage()), cause);
  }

  /** Ends it for a reason that its user should hear. */
  void fail(String what, @Nullable Throwable cause) {
    User failing = user;
    close();
    if (failing != null) {
      failing.broken(what, cause);
    }
  }
}
