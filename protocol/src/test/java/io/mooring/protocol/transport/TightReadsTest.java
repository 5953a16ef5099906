package io.mooring.protocol.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.Test;

class TightReadsTest {
  private static final int READ = 64 * 1024;

  private final PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;

  @Test
  void aReadThatFillsLittleOfItsBufferIsHeldInOneOfItsSize() {
    ByteBuf read = read(1000);

    ByteBuf held = join(Unpooled.EMPTY_BUFFER, read);

    assertThat(held.readableBytes()).isEqualTo(1000);
    assertThat(held.capacity()).isLessThan(2000);
    assertThat(read.refCnt()).as("the large buffer is free").isZero();
    held.release();
  }

  @Test
  void aReadThatFillsItsBufferIsNotCopied() {
    ByteBuf read = read(READ - 100);

    assertThat(join(Unpooled.EMPTY_BUFFER, read)).isSameAs(read);

    read.release();
  }

  @Test
  void twoReadsAreJoinedInOrderAndWithoutRoomForMore() {
    ByteBuf before = read(10_000);
    ByteBuf frame = before.readRetainedSlice(9_999);
    before.setByte(9_999, 7);
    ByteBuf read = read(READ);
    read.setByte(0, 8);

    ByteBuf joined = join(before, read);

    assertThat(joined.readableBytes()).isEqualTo(READ + 1);
    assertThat(joined.getByte(0)).isEqualTo((byte) 7);
    assertThat(joined.getByte(1)).isEqualTo((byte) 8);
    assertThat(joined.capacity()).isLessThan(READ * 5 / 4);
    assertThat(before.refCnt()).as("held by the frame alone").isEqualTo(1);
    assertThat(read.refCnt()).isZero();
    frame.release();
    joined.release();
  }

  @Test
  void itIsGoneAsSoonAsHttp2IsThere() {
    EmbeddedChannel connection = new EmbeddedChannel();
    connection.pipeline().addLast(TightReads.ofConnection());

    connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {1}));
    assertThat(connection.pipeline().names()).hasSize(2);
    connection
        .pipeline()
        .addLast(
            new Http2ConnectionHandlerBuilder()
                .server(true)
                .frameListener(new Http2FrameAdapter())
                .build());
    connection.writeInbound(Unpooled.EMPTY_BUFFER);

    assertThat(connection.pipeline().first()).isInstanceOf(Http2ConnectionHandler.class);
    connection.finishAndReleaseAll();
  }

  @Test
  void aConnectionThatEndsWhileItIsReadIsNoFault() {
    EmbeddedChannel connection = new EmbeddedChannel();
    connection.pipeline().addLast(TightReads.ofConnection());
    connection
        .pipeline()
        .addLast(
            new Http2ConnectionHandlerBuilder()
                .server(true)
                .frameListener(new Http2FrameAdapter())
                .build());
    connection
        .pipeline()
        .addAfter(
            connection.pipeline().firstContext().name(),
            "closing",
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
                context.pipeline().removeFirst();
              }
            });

    connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {1}));

    connection.checkException();
    connection.finishAndReleaseAll();
  }

  @Test
  void everyAcceptedConnectionReadsSo() {
    EmbeddedChannel server = new EmbeddedChannel(TightReads.ofServer());
    EmbeddedChannel accepted = new EmbeddedChannel();
    int before = accepted.pipeline().names().size();

    server.writeInbound((Channel) accepted);

    assertThat(accepted.pipeline().names()).hasSize(before + 1);
    accepted.finishAndReleaseAll();
    server.finishAndReleaseAll();
  }

  private ByteBuf read(int bytes) {
    return allocator.directBuffer(READ, READ).writeZero(bytes);
  }

  private ByteBuf join(ByteBuf before, ByteBuf read) {
    return TightReads.CUMULATOR.cumulate(allocator, before, read);
  }
}
