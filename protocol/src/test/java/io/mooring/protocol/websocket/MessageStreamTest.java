package io.mooring.protocol.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageStreamTest {
  private final EmbeddedChannel server = channel(new Role.Server());
  private final EmbeddedChannel client = channel(new Role.Client(new Random(1)));

  private static EmbeddedChannel channel(Role role) {
    var channel = new EmbeddedChannel(new MessageStream(role));
    channel.freezeTime();
    return channel;
  }

  @AfterEach
  void release() {
    server.finishAndReleaseAll();
    client.finishAndReleaseAll();
  }

  private static List<RawFrame> sent(EmbeddedChannel channel) throws IOException {
    ByteBuf wire = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      wire.writeBytes(part);
      part.release();
    }
    var stream = new ByteArrayInputStream(wire.array(), 0, wire.readableBytes());
    var frames = new ArrayList<RawFrame>();
    while (stream.available() > 0) {
      frames.add(RawFrame.read(stream));
    }
    return frames;
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private static ByteBuf wire(RawFrame frame, boolean masked) {
    return Unpooled.wrappedBuffer(
        frame.encode(masked ? OptionalInt.of(0x01020304) : OptionalInt.empty()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsWrittenBetweenTwoFlushesIsOneMessage(boolean ofClient) throws Exception {
    EmbeddedChannel channel = ofClient ? client : server;
    ChannelFuture first = channel.write(bytes("one "));
    ChannelFuture second = channel.write(bytes("message"));
    assertThat(sent(channel)).isEmpty();

    channel.flush();

    List<RawFrame> frames = sent(channel);
    assertThat(frames).hasSize(1);
    assertThat(frames.getFirst().opcode()).isEqualTo(2);
    assertThat(frames.getFirst().payload()).asString().isEqualTo("one message");
    assertThat(first.isSuccess() && second.isSuccess()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void cutsMessagesThatWouldBeTooLong(boolean ofClient) throws Exception {
    EmbeddedChannel channel = ofClient ? client : server;
    byte[] large = new byte[600 * 1024];
    new Random(3).nextBytes(large);

    ChannelFuture written = channel.writeAndFlush(Unpooled.copiedBuffer(large));

    List<RawFrame> frames = sent(channel);
    assertThat(frames)
        .extracting(frame -> frame.payload().length)
        .containsExactly(256 * 1024, 256 * 1024, 88 * 1024);
    ByteBuf joined = Unpooled.buffer();
    frames.forEach(frame -> joined.writeBytes(frame.payload()));
    assertThat(joined).isEqualTo(Unpooled.wrappedBuffer(large));
    assertThat(written.isSuccess()).isTrue();
  }

  @Test
  void anEmptyWriteIsDoneAndNoMessage() throws Exception {
    ChannelFuture written = server.writeAndFlush(Unpooled.EMPTY_BUFFER);

    assertThat(written.isSuccess()).isTrue();
    assertThat(sent(server)).isEmpty();
  }

  @Test
  void answersOnlyTheLatestPingOfAPeerThatDoesNotRead() throws Exception {
    server.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    for (byte i = 1; i <= 5; i++) {
      server.writeInbound(wire(new RawFrame(true, 9, new byte[] {i}), true));
    }
    assertThat(sent(server)).isEmpty();

    server.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    server.runPendingTasks();

    List<RawFrame> frames = sent(server);
    assertThat(frames).hasSize(1);
    assertThat(frames.getFirst().opcode()).isEqualTo(10);
    assertThat(frames.getFirst().payload()).containsExactly(5);
  }

  @Test
  void doesNotWaitForeverForTheConfirmationOfItsClose() throws Exception {
    var _ = server.write(bytes("last words"));

    // Not through the channel itself: an embedded one would drop what is scheduled.
    ChannelFuture closed = server.pipeline().close();

    List<RawFrame> frames = sent(server);
    assertThat(frames).extracting(RawFrame::opcode).containsExactly(2, 8);
    assertThat(frames.getLast().closeCode()).isEqualTo(1001);
    server.advanceTimeBy(MessageStream.CLOSE_WAIT_SECONDS * 1000 - 1, TimeUnit.MILLISECONDS);
    server.runScheduledPendingTasks();
    assertThat(server.isActive()).isTrue();
    server.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    server.runScheduledPendingTasks();
    assertThat(server.isActive()).isFalse();
    assertThat(closed.isSuccess()).isTrue();
  }

  @Test
  void closesAtOnceWhenItsCloseIsConfirmed() throws Exception {
    ChannelFuture closed = client.close();
    assertThat(sent(client).getLast().closeCode()).isEqualTo(1000);

    client.writeInbound(wire(RawFrame.close(1000), false));

    assertThat(closed.isSuccess()).isTrue();
    assertThat(client.isActive()).isFalse();
  }

  @Test
  void refusesWritesAfterItsCloseAndDropsWhatStillArrives() throws Exception {
    var _ = client.close();
    sent(client);
    ByteBuf late = bytes("late");

    ChannelFuture written = client.writeAndFlush(late);
    client.writeInbound(wire(RawFrame.binary(new byte[] {1}), false));

    assertThat(written.isSuccess()).isFalse();
    assertThat(late.refCnt()).isZero();
    assertThat(sent(client)).isEmpty();
    assertThat(client.inboundMessages()).isEmpty();
  }

  @Test
  void releasesWhatWasNotSentWhenTheConnectionBreaks() {
    ByteBuf unsent = bytes("unsent");
    ChannelFuture written = server.write(unsent);

    server.unsafe().closeForcibly();
    server.pipeline().fireChannelInactive();

    assertThat(written.isDone()).isTrue();
    assertThat(written.isSuccess()).isFalse();
    assertThat(unsent.refCnt()).isZero();
  }
}
