package io.mooring.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Loopback ports that nothing listens on at the moment of asking. */
public final class SparePort {
  private SparePort() {}

  /**
   * A port that was free a moment ago. Another process may take it before it is used: prefer port 0
   * wherever the server can tell which port it got.
   */
  public static int find() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free loopback port", e);
    }
  }
}
