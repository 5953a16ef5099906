package io.mooring.protocol.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class FrameProperties {
  private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false, true);

  @Property
  @Tag("wire-7")
  void anySlicingIntoFramesGivesTheSameBytes(
      @ForAll @Size(max = 3000) byte[] stream, @ForAll boolean masked, @ForAll long seed)
      throws Exception {
    Random random = new Random(seed);
    byte[] wire = sliced(stream, masked, random);
    var collected = new Collected();
    var reader = new FrameReader(masked, collected);

    for (int at = 0; at < wire.length; ) {
      int count = Math.min(wire.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 900));
      reader.read(Unpooled.copiedBuffer(wire, at, count));
      at += count;
    }

    assertThat(collected.bytes()).isEqualTo(stream);
  }

  /** Frames of every kind: whole messages, fragments, empty ones, pings and pongs in between. */
  private static byte[] sliced(byte[] stream, boolean masked, Random random) {
    var wire = new ByteArrayOutputStream();
    boolean inMessage = false;
    int at = 0;
    while (at < stream.length || inMessage) {
      if (random.nextInt(4) == 0) {
        byte[] payload = new byte[random.nextInt(126)];
        int opcode = random.nextBoolean() ? 9 : 10;
        wire.writeBytes(new RawFrame(true, opcode, payload).encode(key(masked, random)));
      }
      int count = Math.min(stream.length - at, random.nextInt(random.nextBoolean() ? 5 : 1000));
      boolean fin = random.nextBoolean();
      byte[] part = Arrays.copyOfRange(stream, at, at + count);
      wire.writeBytes(new RawFrame(fin, inMessage ? 0 : 2, part).encode(key(masked, random)));
      inMessage = !fin;
      at += count;
    }
    return wire.toByteArray();
  }

  private static OptionalInt key(boolean masked, Random random) {
    return masked ? OptionalInt.of(random.nextInt()) : OptionalInt.empty();
  }

  @Property
  void whatIsWrittenIsRead(
      @ForAll @IntRange(max = 70_000) int size, @ForAll boolean client, @ForAll long seed)
      throws Exception {
    byte[] payload = new byte[size];
    new Random(seed).nextBytes(payload);
    Role role = client ? new Role.Client(new Random(seed)) : new Role.Server();
    ByteBuf frame =
        new FrameWriter(role).whole(HEAP, Opcode.BINARY, Unpooled.wrappedBuffer(payload.clone()));
    byte[] wire = new byte[frame.readableBytes()];
    frame.getBytes(0, wire);
    var collected = new Collected();

    new FrameReader(client, collected).read(frame);

    assertThat(collected.bytes()).isEqualTo(payload);
    RawFrame foreign = RawFrame.read(new java.io.ByteArrayInputStream(wire));
    assertThat(foreign.payload()).isEqualTo(payload);
    assertThat(foreign.fin()).isTrue();
    assertThat((wire[1] & 0x80) != 0).isEqualTo(client);
  }

  @Property
  void anyBytesAreReadOrRejected(@ForAll @Size(max = 300) byte[] wire, @ForAll boolean masked) {
    var collected = new Collected();
    ByteBuf in = Unpooled.copiedBuffer(wire);

    try {
      new FrameReader(masked, collected).read(in);

      assertThat(in.isReadable()).isFalse();
    } catch (FrameException e) {
      assertThat(e.reason().code()).isIn(1002, 1003, 1009);
      assertThat(e.reason().text()).isNotBlank();
    }
  }

  @Property
  void maskingTwiceChangesNothing(
      @ForAll @Size(max = 200) byte[] bytes, @ForAll int key, @ForAll @IntRange(max = 20) int cut) {
    int first = Math.min(cut, bytes.length);
    ByteBuf whole = Unpooled.copiedBuffer(bytes);
    Mask.apply(whole, 0, bytes.length, key);
    ByteBuf parts =
        Unpooled.wrappedBuffer(
            Unpooled.copiedBuffer(whole.array(), 0, first),
            Unpooled.copiedBuffer(whole.array(), first, bytes.length - first));

    Mask.apply(parts, 0, first, key);
    Mask.apply(parts, first, bytes.length - first, Mask.advance(key, first));

    byte[] back = new byte[bytes.length];
    parts.getBytes(0, back);
    assertThat(back).isEqualTo(bytes);
  }
}
