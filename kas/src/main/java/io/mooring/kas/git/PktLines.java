package io.mooring.kas.git;

import java.util.Arrays;

/**
 * Cuts a byte stream into Git's pkt-lines: four hexadecimal digits of length, themselves included,
 * then the payload; {@code 0000} is a flush. Borders of the pieces fed have no meaning.
 *
 * <p>Holds one packet at most. Owned by one thread.
 */
final class PktLines {
  /** The longest packet, its length digits included, that Git writes or accepts. */
  static final int MAX_PACKET = 65520;

  private static final int HEADER = 4;

  /** Takes packets as they are completed. */
  interface Sink {
    /** A packet; the array is valid during the call only. Returns whether to go on. */
    boolean packet(byte[] payload, int length) throws MalformedAdvertisementException;

    /** A flush. Returns whether to go on. */
    boolean flush() throws MalformedAdvertisementException;
  }

  private final Sink sink;
  private byte[] packet = new byte[256];
  private int filled;
  private int length = HEADER;
  private long offset;

  PktLines(Sink sink) {
    this.sink = sink;
  }

  /**
   * Takes the next bytes.
   *
   * @return false when the sink wants no more; the rest of the bytes is then unread
   */
  boolean feed(byte[] bytes) throws MalformedAdvertisementException {
    int position = 0;
    while (position < bytes.length) {
      int taken = Math.min(length - filled, bytes.length - position);
      System.arraycopy(bytes, position, packet, filled, taken);
      position += taken;
      filled += taken;
      if (filled == length && !complete()) {
        return false;
      }
    }
    return true;
  }

  /** Whether the stream may end here: not inside a packet. */
  boolean atBorder() {
    return filled == 0;
  }

  /** Bytes before the current packet. */
  long offset() {
    return offset;
  }

  private boolean complete() throws MalformedAdvertisementException {
    if (length == HEADER) {
      int announced = announcedLength();
      if (announced == 0) {
        next(HEADER);
        return sink.flush();
      }
      if (announced > HEADER) {
        length = announced;
        if (packet.length < announced) {
          packet = Arrays.copyOf(packet, MAX_PACKET);
        }
        return true;
      }
    }
    int payload = length - HEADER;
    System.arraycopy(packet, HEADER, packet, 0, payload);
    boolean more = sink.packet(packet, payload);
    next(length);
    return more;
  }

  private void next(int consumed) {
    offset += consumed;
    filled = 0;
    length = HEADER;
  }

  private int announcedLength() throws MalformedAdvertisementException {
    int value = 0;
    for (int i = 0; i < HEADER; i++) {
      int digit = Character.digit(packet[i], 16);
      if (digit < 0) {
        throw new MalformedAdvertisementException(
            offset, "no packet length", "four hexadecimal digits");
      }
      value = (value << 4) | digit;
    }
    // 1 to 3 are marks of protocol v2, which was not asked for.
    if (value > MAX_PACKET || (value > 0 && value < HEADER)) {
      throw new MalformedAdvertisementException(
          offset, "packet length " + value, "0 or " + HEADER + " to " + MAX_PACKET);
    }
    return value;
  }
}
