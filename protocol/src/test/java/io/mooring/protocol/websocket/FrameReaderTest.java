package io.mooring.protocol.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameReaderTest {
  private static final int MIB = 1024 * 1024;

  private final Collected collected = new Collected();

  @Test
  void readsTheExamplesOfTheRfc() throws Exception {
    var fromServer = new FrameReader(false, collected);
    var fromClient = new FrameReader(true, collected);

    fromServer.read(hex("8205 48656c6c6f"));
    fromServer.read(hex("0203 48656c 8002 6c6f"));
    fromClient.read(hex("8285 37fa213d 7f9f4d5158"));

    assertThat(collected.bytes()).asString().isEqualTo("HelloHelloHello");
  }

  @ParameterizedTest
  @Tag("wire-7")
  @CsvSource(
      textBlock =
          """
          8105 48656c6c6f,      1003, text message
          c205 48656c6c6f,      1002, reserved bits
          8000,                 1002, continuation of no message
          0201 61 8201 62,      1002, message inside a message
          8305,                 1002, opcode 3
          8b00,                 1002, opcode 11
          0900,                 1002, fragmented control frame
          897e 0080,            1002, more than 125 bytes
          8285 00000000,        1002, frame is masked
          827f ffffffffffffffff, 1009, more than 10485760 bytes
          827f 0000000000a00001, 1009, more than 10485760 bytes
          8801 03,              1002, 1 byte
          8802 03ed,            1002, code 1005
          8802 0000,            1002, code 0
          8802 07d0,            1002, code 2000
          """)
  void rejectsWhatBreaksTheRules(String wire, int code, String why) {
    var reader = new FrameReader(false, collected);

    assertThatThrownBy(() -> reader.read(hex(wire)))
        .isInstanceOfSatisfying(
            FrameException.class,
            e -> {
              assertThat(e.reason().code()).isEqualTo(code);
              assertThat(e).hasMessageContaining(why);
            });
  }

  @Test
  void rejectsAFrameOfAClientThatIsNotMasked() {
    var reader = new FrameReader(true, collected);

    assertThatThrownBy(() -> reader.read(hex("8205 48656c6c6f")))
        .hasMessageContaining("not masked");
  }

  @Test
  @Tag("wire-7")
  void takesAMessageOfExactlyTheLimitAndNotOneByteMore() throws Exception {
    var wire = new ByteArrayOutputStream();
    wire.writeBytes(new RawFrame(false, 2, new byte[6 * MIB]).encode(OptionalInt.empty()));
    wire.writeBytes(new RawFrame(false, 0, new byte[4 * MIB]).encode(OptionalInt.empty()));
    wire.writeBytes(new RawFrame(true, 0, new byte[0]).encode(OptionalInt.empty()));
    wire.writeBytes(new RawFrame(false, 2, new byte[10 * MIB]).encode(OptionalInt.empty()));
    var reader = new FrameReader(false, collected);
    reader.read(Unpooled.wrappedBuffer(wire.toByteArray()));

    assertThat(collected.bytes()).hasSize(20 * MIB);
    assertThatThrownBy(() -> reader.read(hex("8001")))
        .isInstanceOfSatisfying(
            FrameException.class, e -> assertThat(e.reason().code()).isEqualTo(1009));
  }

  @Test
  void tellsPingsAndTheCloseReason() throws Exception {
    var reader = new FrameReader(false, collected);

    reader.read(hex("8903 616263 8a00 8805 03f3 66756c"));

    assertThat(collected.controls()).containsExactly("ping of 3", "close 1011 (ful)");
  }

  @Test
  void aCloseWithoutCodeIsNoOrderlyEnd() throws Exception {
    var reader = new FrameReader(false, collected);

    reader.read(hex("8800"));

    assertThat(collected.controls()).containsExactly("close 1005");
    assertThat(CloseReason.of(1005).isOrderly()).isFalse();
    assertThat(CloseReason.of(1005).encode()).isEmpty();
  }

  @Test
  void cutsALongReasonBetweenCharacters() throws Exception {
    var reason = new CloseReason(1002, "x" + "ü".repeat(100));

    byte[] payload = reason.encode();

    assertThat(payload.length).isBetween(120, 125);
    assertThat(CloseReason.decode(payload).text()).matches("xü+");
  }

  private static io.netty.buffer.ByteBuf hex(String text) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(text.replace(" ", "")));
  }
}
