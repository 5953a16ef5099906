package io.mooring.allinone.chain;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of {@code exec} over WebSocket (KEP-4006): channels 0 stdin, 1 stdout, 2 stderr,
 * 3 status, 4 resize, and in v5 also 255, which closes another.
 */
final class ExecSocket implements AutoCloseable {
  static final String V4 = "v4.channel.k8s.io";
  static final String V5 = "v5.channel.k8s.io";

  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int STATUS = 3;
  private static final int RESIZE = 4;
  private static final int CLOSE = 255;
  private static final long PATIENCE_SECONDS = 60;

  private final HttpClient client;
  private final WebSocket socket;
  private final Received received;

  /**
   * What came.
   *
   * @param status of the remote command, without what differs from run to run
   */
  record Transcript(String protocol, String stdout, String stderr, String status) {}

  private ExecSocket(HttpClient client, WebSocket socket, Received received) {
    this.client = client;
    this.socket = socket;
    this.received = received;
  }

  static ExecSocket open(Endpoint endpoint, String path, String protocol) throws Exception {
    HttpClient client = endpoint.client();
    var received = new Received();
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .header("Authorization", "Bearer " + endpoint.token())
            .subprotocols(protocol)
            .buildAsync(endpoint.webSocket(path), received)
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return new ExecSocket(client, socket, received);
  }

  ExecSocket stdin(String text) throws Exception {
    return send(STDIN, text.getBytes(StandardCharsets.UTF_8));
  }

  ExecSocket resize(int width, int height) throws Exception {
    return send(
        RESIZE,
        "{\"Width\":%d,\"Height\":%d}".formatted(width, height).getBytes(StandardCharsets.UTF_8));
  }

  /** Only where v5 was agreed on. */
  ExecSocket closeStdin() throws Exception {
    return send(CLOSE, new byte[] {STDIN});
  }

  private ExecSocket send(int channel, byte[] data) throws Exception {
    ByteBuffer message = ByteBuffer.allocate(data.length + 1).put((byte) channel).put(data).flip();
    socket.sendBinary(message, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return this;
  }

  /** Waits for the end. */
  Transcript end() throws Exception {
    received.end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    String status = received.text(STATUS);
    if (status.startsWith("{")) {
      JsonObject object = JsonParser.parseString(status).getAsJsonObject();
      status = object.toString();
    }
    return new Transcript(
        socket.getSubprotocol(), received.text(STDOUT), received.text(STDERR), status);
  }

  @Override
  public void close() {
    socket.abort();
    client.shutdownNow();
  }

  private static final class Received implements WebSocket.Listener {
    private final Map<Integer, ByteArrayOutputStream> channels = new TreeMap<>();
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private ByteArrayOutputStream message = new ByteArrayOutputStream();

    synchronized String text(int channel) {
      ByteArrayOutputStream content = channels.get(channel);
      return content == null ? "" : content.toString(StandardCharsets.UTF_8);
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onBinary(
        WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      message.writeBytes(bytes);
      if (last && message.size() > 0) {
        byte[] whole = message.toByteArray();
        message = new ByteArrayOutputStream();
        channels
            .computeIfAbsent(whole[0] & 0xff, channel -> new ByteArrayOutputStream())
            .write(whole, 1, whole.length - 1);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      end.complete(null);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      end.completeExceptionally(failure);
    }
  }
}
