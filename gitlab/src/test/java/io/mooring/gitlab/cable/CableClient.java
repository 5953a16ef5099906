package io.mooring.gitlab.cable;

import io.mooring.gitlab.Api;
import io.mooring.gitlab.http.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A page's end of the protocol, by hand: what it sends is never helped along. */
final class CableClient implements WebSocket.Listener, AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
  private final StringBuilder text = new StringBuilder();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private volatile @Nullable WebSocket socket;

  /** Connects as a page of the application does. */
  static CableClient connect(URI base, Map<String, String> headers) {
    var all = new java.util.HashMap<>(headers);
    all.putIfAbsent("Origin", base.toString());
    return connect(base, all, List.of("actioncable-v1-json", "actioncable-unsupported"));
  }

  /** Connects with these headers alone. */
  static CableClient connect(URI base, Map<String, String> headers, List<String> protocols) {
    var client = new CableClient();
    var builder = CLIENT.newWebSocketBuilder().connectTimeout(LIMIT);
    headers.forEach(builder::header);
    if (!protocols.isEmpty()) {
      builder.subprotocols(
          protocols.getFirst(), protocols.subList(1, protocols.size()).toArray(String[]::new));
    }
    client.socket =
        builder
            .buildAsync(URI.create(base.toString().replaceFirst("http", "ws") + "/-/cable"), client)
            .join();
    return client;
  }

  /** The status that refuses such a connection. */
  static int refusal(URI base, Map<String, String> headers) {
    try (var client = connect(base, headers, List.of())) {
      throw new AssertionError("connected: " + client.protocol());
    } catch (CompletionException e) {
      if (e.getCause() instanceof java.net.http.WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  /** Headers of somebody with a token. */
  static Map<String, String> token(Api api) {
    return Map.of("PRIVATE-TOKEN", api.token());
  }

  String protocol() {
    return open().getSubprotocol();
  }

  CableClient subscribe(String identifier) {
    return send(command("subscribe", identifier));
  }

  CableClient unsubscribe(String identifier) {
    return send(command("unsubscribe", identifier));
  }

  CableClient send(String frame) {
    open().sendText(frame, true).join();
    return this;
  }

  static String command(String command, String identifier) {
    return Api.object("command", command, "identifier", identifier);
  }

  /** The next frame that is no ping. */
  JsonNode next() {
    return next(frame -> !frame.path("type").asString("").equals("ping"));
  }

  JsonNode next(Predicate<JsonNode> wanted) {
    try {
      for (JsonNode frame = poll(); ; frame = poll()) {
        if (wanted.test(frame)) {
          return frame;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private JsonNode poll() throws InterruptedException {
    JsonNode frame = frames.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (frame == null) {
      throw new AssertionError("nothing came");
    }
    return frame;
  }

  /** Everything that came and nobody asked for yet, but pings. */
  List<JsonNode> pending() {
    List<JsonNode> all = new ArrayList<>();
    frames.drainTo(all);
    all.removeIf(frame -> frame.path("type").asString("").equals("ping"));
    return all;
  }

  /** The code with which the server closed. */
  int closeCode() {
    return closed.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
  }

  WebSocket open() {
    WebSocket current = socket;
    if (current == null) {
      throw new AssertionError("not connected");
    }
    return current;
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    text.append(part);
    if (last) {
      frames.add(Json.MAPPER.readTree(text.toString()));
      text.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.completeExceptionally(error);
  }

  @Override
  public void close() {
    WebSocket current = socket;
    if (current != null) {
      current.abort();
    }
  }
}
