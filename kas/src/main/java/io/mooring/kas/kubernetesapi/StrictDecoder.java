package io.mooring.kas.kubernetesapi;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Reads requests, and refuses what two servers could read in two ways: that is how one request is
 * smuggled inside another (RFC 9112 6.3, 11.2).
 */
final class StrictDecoder extends HttpRequestDecoder {
  /** A body is passed on in pieces of what one read brings. */
  private static final int MAX_PIECE = 64 * 1024;

  private final Runnable onBytes;

  /** Tells of every read before it looks at it. */
  StrictDecoder(Limits limits, Runnable onBytes) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.headBytes())
            .setMaxHeaderSize(limits.headBytes())
            .setMaxChunkSize(MAX_PIECE)
            .setValidateHeaders(true)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true));
    this.onBytes = onBytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    onBytes.run();
    super.channelRead(context, message);
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }
}
