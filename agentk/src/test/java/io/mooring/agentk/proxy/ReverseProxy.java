package io.mooring.agentk.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands in front of kas, speaks HTTP/1.1, and has one of the faults that such proxies have. */
public final class ReverseProxy implements AutoCloseable {
  private final Sockets sockets;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private interface Fault {
    void serve(ReverseProxy proxy, String head, Socket client) throws IOException;
  }

  private ReverseProxy(Fault fault) throws IOException {
    sockets =
        new Sockets(client -> {
          String head = Sockets.head(client.getInputStream());
          requests.add(head.lines().findFirst().orElse(""));
          fault.serve(this, head, client);
        });
  }

  /** Removes what is for one hop only, as RFC 9110 7.6.1 has it, and does not know WebSocket. */
  public static ReverseProxy strippingUpgrade(int target) throws IOException {
    return new ReverseProxy((proxy, head, client) -> {
      String stripped =
          head.replaceAll("(?im)^(connection|upgrade):.*\r\n", "")
              .replaceFirst("\r\n", "\r\nConnection: close\r\n");
      try (Socket kas = proxy.sockets.connect(target)) {
        Sockets.write(kas.getOutputStream(), stripped);
        kas.getInputStream().transferTo(client.getOutputStream());
      }
    });
  }

  /** Lets the WebSocket open, and keeps what kas says until kas ends. */
  public static ReverseProxy buffering(int target) throws IOException {
    return new ReverseProxy((proxy, head, client) -> {
      try (Socket kas = proxy.sockets.connect(target)) {
        Sockets.write(kas.getOutputStream(), head);
        Sockets.write(client.getOutputStream(), Sockets.head(kas.getInputStream()));
        Thread up =
            Thread.ofVirtual()
                .start(() -> {
                  try (kas) {
                    client.getInputStream().transferTo(kas.getOutputStream());
                  } catch (IOException e) {
                    // Ended.
                  }
                });
        var kept = new ByteArrayOutputStream();
        kas.getInputStream().transferTo(kept);
        client.getOutputStream().write(kept.toByteArray());
        up.interrupt();
      }
    });
  }

  /**
   * Answers by itself.
   *
   * @param head status line after the version, and headers
   */
  public static ReverseProxy answering(String head) throws IOException {
    return new ReverseProxy((proxy, request, client) ->
        Sockets.write(
            client.getOutputStream(), "HTTP/1.1 " + head + "\r\nContent-Length: 0\r\n\r\n"));
  }

  public int port() {
    return sockets.port();
  }

  /** First lines of what it was asked. */
  public List<String> requests() {
    return requests;
  }

  @Override
  public void close() throws IOException {
    sockets.close();
  }
}
