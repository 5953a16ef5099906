package io.mooring.protocol.websocket;

import io.grpc.Status;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage at the dialling end. A failure is logged here, because a call that waits for the
 * connection never sees why there is none; it comes back with the back-off of the channel.
 */
abstract class ClientStage extends Stage {
  /** gRPC's least time for a connection attempt (wire.md 2.4). */
  static final Duration LIMIT = Duration.ofSeconds(20);

  private static final Logger LOG = LoggerFactory.getLogger(ClientStage.class);

  private final WebSocketTarget target;

  ClientStage(WebSocketTarget target) {
    super(LIMIT);
    this.target = target;
  }

  /** Where the connection leads. */
  final WebSocketTarget target() {
    return target;
  }

  @Override
  void failed(ChannelHandlerContext ctx, String what, @Nullable Throwable cause) {
    LOG.atWarn()
        .addKeyValue("kas_url", target.address())
        .addKeyValue("reason", what)
        .log("No WebSocket connection to kas");
    Status status = Status.UNAVAILABLE.withDescription(target.address() + ": " + what);
    ctx.fireExceptionCaught(
        (cause == null ? status : status.withCause(cause)).asRuntimeException());
  }
}
