package io.mooring.gitaly;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The internal API that a GitLab has for its Git server: remembers what was asked, answers what a
 * test says.
 */
final class FakeGitLab implements AutoCloseable {
  /** What a Gitaly posted. */
  record Call(String path, String token, JsonObject body) {}

  private record Answer(int status, String body) {}

  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer http;

  private FakeGitLab(int port) throws IOException {
    answer("allowed", 200, "{\"status\":true}");
    answer("pre_receive", 200, "{\"reference_counter_increased\":true}");
    answer("post_receive", 200, "{\"reference_counter_decreased\":true,\"messages\":[]}");
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
    http.setExecutor(workers);
    http.createContext("/api/v4/internal/", this::handle);
    http.start();
  }

  static FakeGitLab start() throws IOException {
    return new FakeGitLab(0);
  }

  /** At the port of one that was stopped. */
  static FakeGitLab startAt(int port) throws IOException {
    return new FakeGitLab(port);
  }

  int port() {
    return http.getAddress().getPort();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  void answer(String path, int status, String body) {
    answers.put(path, new Answer(status, body));
  }

  List<Call> calls(String path) {
    return calls.stream().filter(call -> call.path().equals(path)).toList();
  }

  /** All calls in their order. */
  List<String> paths() {
    return calls.stream().map(Call::path).toList();
  }

  @Override
  public void close() {
    http.stop(0);
    workers.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().replace("/api/v4/internal/", "");
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      String token =
          String.valueOf(exchange.getRequestHeaders().getFirst("Gitlab-Shell-Api-Request"));
      calls.add(new Call(path, token, JsonParser.parseString(body).getAsJsonObject()));
      Answer answer = answers.getOrDefault(path, new Answer(404, "{}"));
      byte[] bytes = answer.body().getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
