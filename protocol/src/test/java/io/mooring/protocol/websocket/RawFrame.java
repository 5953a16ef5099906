package io.mooring.protocol.websocket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * A frame as RFC 6455 5.2 draws it, written and read byte by byte: the tests' own view of the wire,
 * which shares nothing with the code under test.
 */
// Never compared as a whole.
@SuppressWarnings("ArrayRecordComponent")
record RawFrame(boolean fin, int opcode, byte[] payload) {
  static RawFrame binary(byte[] payload) {
    return new RawFrame(true, 2, payload);
  }

  static RawFrame text(String text) {
    return new RawFrame(true, 1, text.getBytes(StandardCharsets.UTF_8));
  }

  static RawFrame close(int code) {
    return new RawFrame(true, 8, new byte[] {(byte) (code >> 8), (byte) code});
  }

  /** The bytes on the wire; with a key they are masked. */
  byte[] encode(OptionalInt key) {
    var out = new ByteArrayOutputStream();
    out.write((fin ? 0x80 : 0) | opcode);
    int mask = key.isPresent() ? 0x80 : 0;
    if (payload.length <= 125) {
      out.write(mask | payload.length);
    } else if (payload.length <= 65_535) {
      out.write(mask | 126);
      number(out, payload.length, 2);
    } else {
      out.write(mask | 127);
      number(out, payload.length, 8);
    }
    byte[] pad = new byte[4];
    if (key.isPresent()) {
      number(out, key.getAsInt(), 4);
      for (int i = 0; i < 4; i++) {
        pad[i] = (byte) (key.getAsInt() >>> (24 - 8 * i));
      }
    }
    for (int i = 0; i < payload.length; i++) {
      out.write(payload[i] ^ pad[i % 4]);
    }
    return out.toByteArray();
  }

  /** A header alone, for a payload that is never sent. */
  static byte[] header(int opcode, long length, boolean masked) {
    var out = new ByteArrayOutputStream();
    out.write(0x80 | opcode);
    out.write((masked ? 0x80 : 0) | 127);
    number(out, length, 8);
    if (masked) {
      number(out, 0x01020304, 4);
    }
    return out.toByteArray();
  }

  private static void number(ByteArrayOutputStream out, long value, int octets) {
    for (int i = octets - 1; i >= 0; i--) {
      out.write((int) (value >>> (8 * i)));
    }
  }

  /** Reads one frame, masked or not. */
  static RawFrame read(InputStream stream) throws IOException {
    var in = new DataInputStream(stream);
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    long length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] pad = new byte[4];
    if ((second & 0x80) != 0) {
      in.readFully(pad);
    }
    byte[] payload = new byte[Math.toIntExact(length)];
    in.readFully(payload);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= pad[i % 4];
    }
    return new RawFrame((first & 0x80) != 0, first & 0x0f, payload);
  }

  /** The code of a Close frame. */
  int closeCode() {
    return ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
  }

  /** The text of a Close frame. */
  String closeText() {
    return new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
  }
}
