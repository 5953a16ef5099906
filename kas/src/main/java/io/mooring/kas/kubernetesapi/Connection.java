package io.mooring.kas.kubernetesapi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client: reads a request when the one before was answered, and never more than
 * can be passed on. Lives on the event loop of its channel.
 */
final class Connection extends ChannelInboundHandlerAdapter {
  /** Comes after the last bytes of a client. */
  private static final Object END_OF_INPUT = new Object();

  private final KubernetesApi api;
  private final DuplexChannel channel;
  private final Turns turns;
  private final Deadlines deadlines;

  /** Read, and not passed on yet. No more is read then, so it is what one read brought. */
  private final Deque<Object> pending = new ArrayDeque<>();

  private @Nullable StrictDecoder decoder;
  private @Nullable Exchange exchange;
  private boolean endIsEmpty;
  private boolean headBegun;
  private boolean awaitsBody;
  private boolean draining;
  private boolean unflushed;
  private boolean closing;

  Connection(KubernetesApi api, DuplexChannel channel) {
    this.api = api;
    this.channel = channel;
    Limits limits = api.limits();
    turns = new Turns(channel.eventLoop(), this::turnOver);
    deadlines =
        new Deadlines(
            channel.eventLoop(), limits.shortest(), this::inputTimedOut, this::outputTimedOut);
  }

  /** Puts itself and what reads HTTP behind what is in the pipeline already. */
  void install() {
    StrictDecoder reader = new StrictDecoder(api.limits(), this::bytesCame);
    decoder = reader;
    channel.pipeline().addLast(reader).addLast(this);
    // Also the limit for the handshake of TLS.
    deadlines.input(api.limits().head());
  }

  Turns turns() {
    return turns;
  }

  ByteBufAllocator allocator() {
    return channel.alloc();
  }

  /** IP address of the client; empty on a socket in the file system. */
  String clientAddress() {
    return channel instanceof SocketChannel
            && channel.remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress()
        : "";
  }

  // ---- reading

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel.read();
  }

  private void bytesCame() {
    if (exchange == null && !headBegun && !closing) {
      headBegun = true;
      deadlines.input(api.limits().head());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (closing) {
      ReferenceCountUtil.release(message);
    } else {
      pending.add(message);
      drain();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    turnOver();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded();
    }
  }

  private void inputEnded() {
    Exchange running = exchange;
    if (closing || running == null) {
      close();
    } else if (running.isUpgraded()) {
      pending.add(END_OF_INPUT);
      drain();
      turnOver();
    } else {
      // A client that sends no more before it has its answer has gone away.
      running.clientGone();
      close();
    }
  }

  /** Passes on what can be passed on. */
  private void drain() {
    if (draining) {
      return;
    }
    draining = true;
    while (!closing && !pending.isEmpty() && takes(pending.peek())) {
      handle(pending.remove());
    }
    draining = false;
  }

  private boolean takes(Object next) {
    if (endIsEmpty && next instanceof LastHttpContent) {
      return true;
    }
    return exchange == null || exchange.takes(next);
  }

  private void handle(Object next) {
    Exchange running = exchange;
    switch (next) {
      case LastHttpContent end when endIsEmpty -> {
        endIsEmpty = false;
        end.release();
        requestEnded();
      }
      case HttpRequest request -> begin(request);
      case HttpContent content when running != null -> {
        if (content.decoderResult().isFailure()) {
          content.release();
          running.bodyMalformed();
          return;
        }
        boolean last = content instanceof LastHttpContent;
        awaitNoBody();
        running.body(content.content());
        if (last && exchange == running) {
          requestEnded();
          running.bodyEnded();
        }
      }
      case ByteBuf bytes when running != null -> running.raw(bytes);
      case Object end when end == END_OF_INPUT && running != null -> running.rawEnded();
      case Object other -> ReferenceCountUtil.release(other);
    }
  }

  private void begin(HttpRequest request) {
    headBegun = false;
    deadlines.inputDone();
    RequestHead head;
    try {
      head = RequestHead.read(request);
    } catch (MalformedRequestException e) {
      api.refused(e.refusal());
      write(Answer.malformed(e.refusal(), api, allocator()));
      answered(Ending.LINGER);
      return;
    }
    endIsEmpty = head.length() == 0;
    Exchange begun = new Exchange(api, this, head);
    exchange = begun;
    begun.start();
  }

  /** What follows an upgrade is no HTTP any more. */
  private void requestEnded() {
    StrictDecoder reader = decoder;
    if (exchange != null && exchange.wantsUpgrade() && reader != null) {
      decoder = null;
      channel.pipeline().remove(reader);
    }
  }

  private void readMore() {
    if (wantsInput()) {
      channel.read();
    }
  }

  private boolean wantsInput() {
    if (closing) {
      return true;
    }
    if (!pending.isEmpty()) {
      return false;
    }
    // Between requests and while an answer is awaited it is read to see the client go.
    return exchange == null || exchange.wantsInput();
  }

  /** A body has to go on within its time. */
  void awaitBody() {
    if (!awaitsBody) {
      awaitsBody = true;
      deadlines.input(api.limits().body());
    }
  }

  /** Nothing of a body is waited for. */
  void awaitNoBody() {
    if (awaitsBody) {
      awaitsBody = false;
      deadlines.inputDone();
    }
  }

  // ---- writing

  /** Writes at the end of this turn. */
  void write(ByteBuf bytes) {
    unflushed = true;
    var _ = channel.write(bytes, channel.voidPromise());
  }

  /** Writes at once. */
  void writeNow(ByteBuf bytes) {
    write(bytes);
    unflushed = false;
    channel.flush();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Exchange running = exchange;
    if (!channel.isWritable()) {
      if (running != null) {
        running.stalled();
        if (!running.isLong()) {
          deadlines.output(api.limits().write());
        }
      }
      return;
    }
    deadlines.outputDone();
    if (running != null) {
      running.writable();
    }
  }

  private void turnOver() {
    if (!channel.isActive()) {
      return;
    }
    drain();
    if (unflushed) {
      unflushed = false;
      channel.flush();
    }
    readMore();
  }

  // ---- ends

  /** What becomes of a connection after an answer. */
  enum Ending {
    /** The next request may come. */
    REUSE,
    /** It is closed. */
    CLOSE,
    /** It is closed when the client has finished what it is sending, or takes too long. */
    LINGER
  }

  /** The answer is written. */
  void answered(Ending ending) {
    exchange = null;
    awaitsBody = false;
    deadlines.inputDone();
    deadlines.outputDone();
    if (ending == Ending.REUSE && !api.isStopping()) {
      deadlines.input(api.limits().idle());
      drain();
    } else {
      closing = true;
      boolean linger = ending == Ending.LINGER || !pending.isEmpty();
      releasePending();
      closeInOrder(linger);
    }
  }

  private void closeInOrder(boolean linger) {
    unflushed = false;
    ChannelFuture written = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    if (!linger) {
      written.addListener(ChannelFutureListener.CLOSE);
      return;
    }
    // A close with unread input would reset the connection, and the client lose the answer.
    deadlines.input(api.limits().linger());
    written.addListener(done -> {
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      var _ = tls == null ? channel.shutdownOutput() : tls.closeOutbound();
    });
  }

  /** Ends the connection so that the client sees that the answer is not complete. */
  void abort() {
    closing = true;
    if (channel instanceof SocketChannel tcp) {
      tcp.config().setSoLinger(0);
    }
    close();
  }

  /**
   * The event loop's thread or any other: ends the connection when it has nothing to do. A request
   * whose head is on its way is something: it is served, and the connection ends after it.
   */
  void closeIfIdle() {
    turns.execute(() -> {
      if (exchange == null && !headBegun && pending.isEmpty() && !closing) {
        close();
      }
    });
  }

  void close() {
    closing = true;
    var _ = channel.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closing = true;
    deadlines.close();
    releasePending();
    Exchange running = exchange;
    exchange = null;
    if (running != null) {
      running.clientGone();
    }
  }

  private void releasePending() {
    for (Object next = pending.poll(); next != null; next = pending.poll()) {
      ReferenceCountUtil.release(next);
    }
  }

  private void inputTimedOut() {
    Exchange running = exchange;
    if (running != null && !closing) {
      running.bodyTimedOut();
      turnOver();
    } else {
      close();
    }
  }

  private void outputTimedOut() {
    abort();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    api.connectionFailed(cause);
    close();
  }
}
