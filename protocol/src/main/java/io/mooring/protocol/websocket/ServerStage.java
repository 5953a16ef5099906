package io.mooring.protocol.websocket;

import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stage at the listening end: anybody can make it fail, so that is no more than a debug line. */
// A write or close that fails ends the channel, and whoever stands behind hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
abstract class ServerStage extends Stage {
  /** How long a new connection may take to say what it wants, a stage (wire.md 2.7: 10 s). */
  static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(ServerStage.class);

  ServerStage() {
    super(LIMIT);
  }

  @Override
  void failed(ChannelHandlerContext ctx, String what, @Nullable Throwable cause) {
    LOG.atDebug()
        .addKeyValue("remote_address", ctx.channel().remoteAddress())
        .addKeyValue("reason", what)
        .log("Connection refused before it was set up");
    ctx.close();
  }

  @Override
  String late(Duration limit) {
    return "nothing usable after " + limit.toSeconds() + " s";
  }

  @Override
  String gone() {
    return "went away";
  }
}
