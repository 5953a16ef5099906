package io.mooring.allinone.chain;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands in for API servers that cannot be had here: one that speaks SPDY alone, one that speaks
 * WebSocket with {@code v4.channel.k8s.io} alone, and one that speaks {@code v5.channel.k8s.io}
 * alone (KEP-4006). Of the protocol inside it knows what its one command does: it reads a line (v4)
 * or up to the end of stdin (v5), says it again, complains on stderr and ends with 137. {@link
 * ExecContract} holds it to the real one for v4; for v5 and SPDY frames nothing real is here.
 */
final class ScriptedExecServer implements AutoCloseable {
  private static final int STATUS_CHANNEL = 3;
  private static final int CLOSE_CHANNEL = 255;
  private static final String FAILURE =
      """
      {"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code",\
      "reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"137"}]}}\
      """;

  private final Speaks speaks;
  private final ServerSocket listener;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /** What a server speaks, and nothing else. */
  enum Speaks {
    SPDY,
    WEBSOCKET_V4,
    WEBSOCKET_V5
  }

  private ScriptedExecServer(Speaks speaks) throws IOException {
    this.speaks = speaks;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("exec-listener").start(this::accept);
  }

  static ScriptedExecServer start(Speaks speaks) throws IOException {
    return new ScriptedExecServer(speaks);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().name("exec-connection").start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      while (true) {
        String first = Endpoint.line(in);
        Map<String, String> headers = new TreeMap<>();
        for (String line = Endpoint.line(in); !line.isEmpty(); line = Endpoint.line(in)) {
          int colon = line.indexOf(':');
          headers.put(
              line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        if (answer(first, headers, in, client.getOutputStream())) {
          return;
        }
      }
    } catch (IOException e) {
      // The client has left.
    }
  }

  /** Says whether the connection is at its end. */
  private boolean answer(
      String first, Map<String, String> headers, InputStream in, OutputStream out)
      throws IOException {
    String upgrade = headers.getOrDefault("upgrade", "").toLowerCase(Locale.ROOT);
    String protocol = headers.getOrDefault("sec-websocket-protocol", "");
    if (!first.contains("/exec?")) {
      refuse(out, "404 Not Found", "the server could not find the requested resource");
      return false;
    }
    switch (speaks) {
      case SPDY -> {
        if (upgrade.equals("spdy/3.1")) {
          say(
              out,
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
                  + "X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n");
          mirror(in, out);
          return true;
        }
      }
      case WEBSOCKET_V4 -> {
        if (upgrade.equals("websocket") && protocol.equals(ExecSocket.V4)) {
          accept(headers, protocol, out);
          command(in, out, false);
          return true;
        }
      }
      case WEBSOCKET_V5 -> {
        if (upgrade.equals("websocket") && protocol.equals(ExecSocket.V5)) {
          accept(headers, protocol, out);
          command(in, out, true);
          return true;
        }
      }
    }
    refuse(out, "400 Bad Request", "unable to upgrade: not a protocol of this server");
    return false;
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static void refuse(OutputStream out, String status, String message) throws IOException {
    String body =
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\""
            + message
            + "\",\"code\":"
            + status.substring(0, 3)
            + "}\n";
    say(
        out,
        "HTTP/1.1 "
            + status
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  /** Each byte comes back changed, so that an echo on the way would be seen. */
  private static void mirror(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[8192];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      for (int i = 0; i < read; i++) {
        buffer[i] ^= 0x55;
      }
      out.write(buffer, 0, read);
      out.flush();
    }
  }

  private static void accept(Map<String, String> headers, String protocol, OutputStream out)
      throws IOException {
    say(
        out,
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Accept: "
            + proof(headers.getOrDefault("sec-websocket-key", ""))
            + "\r\nSec-WebSocket-Protocol: "
            + protocol
            + "\r\n\r\n");
  }

  private static String proof(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1")
                  .digest(
                      (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                          .getBytes(StandardCharsets.ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-1", e);
    }
  }

  private static void command(InputStream in, OutputStream out, boolean v5) throws IOException {
    // The real server, too, opens each channel with an empty message.
    for (int channel = 1; channel <= STATUS_CHANNEL; channel++) {
      frame(out, channel, "");
    }
    var stdin = new ByteArrayOutputStream();
    while (true) {
      byte[] message = message(in);
      boolean closes = (message[0] & 0xff) == CLOSE_CHANNEL;
      if (message[0] == 0) {
        stdin.write(message, 1, message.length - 1);
      }
      String text = stdin.toString(StandardCharsets.UTF_8);
      if (v5 ? closes && message[1] == 0 : text.endsWith("\n")) {
        frame(out, 1, "got " + text);
        frame(out, 2, "oops\n");
        frame(out, STATUS_CHANNEL, FAILURE);
        // Close with 1000.
        out.write(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe8});
        out.flush();
        return;
      }
    }
  }

  private static void frame(OutputStream out, int channel, String text) throws IOException {
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    int size = data.length + 1;
    out.write(0x82);
    if (size < 126) {
      out.write(size);
    } else {
      out.write(126);
      out.write(size >> 8);
      out.write(size);
    }
    out.write(channel);
    out.write(data);
    out.flush();
  }

  /** One short binary message of a client. */
  private static byte[] message(InputStream in) throws IOException {
    byte[] head = exactly(in, 2);
    if ((head[0] & 0x0f) != 2) {
      throw new EOFException("a message that is not binary: the client leaves");
    }
    byte[] mask = exactly(in, 4);
    byte[] data = exactly(in, head[1] & 0x7f);
    for (int i = 0; i < data.length; i++) {
      data[i] ^= mask[i % 4];
    }
    return data;
  }

  private static byte[] exactly(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the client has left");
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
