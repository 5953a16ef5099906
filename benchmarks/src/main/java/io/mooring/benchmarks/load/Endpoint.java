package io.mooring.benchmarks.load;

import io.mooring.protocol.secret.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A way to the backend: direct, through a yardstick, or through kas and agentk.
 *
 * @param name for tables
 * @param port of loopback
 * @param bearer sent with every request, when there is one
 */
public record Endpoint(String name, int port, Optional<Secret> bearer) {
  /** One that asks for no credentials. */
  public static Endpoint open(String name, int port) {
    return new Endpoint(name, port, Optional.empty());
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** The whole URL of a path. */
  String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** The head of a request, without a body or with one of this length. */
  String head(String method, String path, String moreLines) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: 127.0.0.1:"
        + port
        + "\r\n"
        + bearer.map(token -> "Authorization: Bearer " + token.text() + "\r\n").orElse("")
        + moreLines
        + "\r\n";
  }

  /**
   * Makes one GET and reads its answer to the end.
   *
   * @throws IOException when there is no answer, or its status is not 200
   */
  public void ask(String path) throws IOException {
    try (RawConnection connection = RawConnection.open(this)) {
      connection.send(head("GET", path, "Connection: close\r\n"));
      connection.head(200);
      connection.drain();
    }
  }
}
