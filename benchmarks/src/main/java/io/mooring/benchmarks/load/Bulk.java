package io.mooring.benchmarks.load;

import java.io.IOException;
import java.io.OutputStream;

/** One large body, as fast as it goes. */
public final class Bulk {
  private static final int PIECE = 64 * 1024;

  private Bulk() {}

  /** Downloads so many bytes; returns megabytes a second. */
  public static double down(Endpoint endpoint, long bytes) throws IOException {
    long begin = System.nanoTime();
    try (RawConnection connection = RawConnection.open(endpoint)) {
      connection.send(endpoint.head("GET", "/down/" + bytes, "Connection: close\r\n"));
      connection.head(200);
      long received = connection.drain();
      // A body of unknown length is sent in chunks, which have heads of their own.
      if (received < bytes || received > bytes + bytes / 10) {
        throw new IOException(
            "%s: %d bytes came (expected: %d)".formatted(endpoint.name(), received, bytes));
      }
    }
    return rate(bytes, begin);
  }

  /** Uploads so many bytes; returns megabytes a second. */
  public static double up(Endpoint endpoint, long bytes) throws IOException {
    byte[] piece = new byte[PIECE];
    long begin = System.nanoTime();
    try (RawConnection connection = RawConnection.open(endpoint)) {
      connection.send(
          endpoint.head("POST", "/up", "Connection: close\r\nContent-Length: " + bytes + "\r\n"));
      OutputStream out = connection.out();
      for (long left = bytes; left > 0; left -= PIECE) {
        out.write(piece, 0, (int) Math.min(left, PIECE));
      }
      connection.head(200);
      connection.drain();
    }
    return rate(bytes, begin);
  }

  private static double rate(long bytes, long begin) {
    return bytes / 1e6 / ((System.nanoTime() - begin) / 1e9);
  }
}
