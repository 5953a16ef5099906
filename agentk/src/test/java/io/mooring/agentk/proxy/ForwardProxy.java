package io.mooring.agentk.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A company's proxy: opens a way with {@code CONNECT}. Whatever host it is asked for, it goes to
 * the port of loopback it was started with, as if it alone could resolve names.
 */
public final class ForwardProxy implements AutoCloseable {
  private final int target;
  private final Optional<String> credentials;
  private final Optional<String> refusal;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Sockets sockets;

  private ForwardProxy(int target, Optional<String> credentials, Optional<String> refusal)
      throws IOException {
    this.target = target;
    this.credentials = credentials;
    this.refusal = refusal;
    this.sockets = new Sockets(this::serve);
  }

  /** Lets everybody through. */
  public static ForwardProxy open(int target) throws IOException {
    return new ForwardProxy(target, Optional.empty(), Optional.empty());
  }

  /** Lets those through who know {@code user:password}, and answers 407 to others. */
  public static ForwardProxy guarded(int target, String credentials) throws IOException {
    return new ForwardProxy(target, Optional.of(credentials), Optional.empty());
  }

  /**
   * Answers everybody with this status.
   *
   * @param status code and reason
   */
  public static ForwardProxy refusing(String status) throws IOException {
    return new ForwardProxy(0, Optional.empty(), Optional.of(status));
  }

  public int port() {
    return sockets.port();
  }

  /** What it was asked for, such as {@code kas.example.com:443}. */
  public List<String> asked() {
    return asked;
  }

  private void serve(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    OutputStream out = client.getOutputStream();
    String head = Sockets.head(in);
    asked.add(head.split(" ", 3)[1]);
    if (refusal.isPresent()) {
      Sockets.write(out, "HTTP/1.1 " + refusal.get() + "\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    if (credentials.isPresent() && !head.contains(authorization(credentials.get()))) {
      Sockets.write(
          out,
          "HTTP/1.1 407 Proxy Authentication Required\r\n"
              + "Proxy-Authenticate: Basic realm=\"company\"\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    Sockets.write(out, "HTTP/1.1 200 Connection established\r\n\r\n");
    Sockets.splice(client, sockets.connect(target));
  }

  private static String authorization(String credentials) {
    // Netty and our own client spell the name in lower case.
    return "proxy-authorization: Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    sockets.close();
  }
}
