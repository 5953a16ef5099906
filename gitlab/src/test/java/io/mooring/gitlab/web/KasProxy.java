package io.mooring.gitlab.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mooring.gitlab.Api;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.http.Json;
import io.mooring.testkit.kubernetes.ApiServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Stands where kas's Kubernetes API proxy does, in front of a real API server: the cookie, the
 * headers, the rules for origins and the refusals are those of kubernetes-api.md 3, 4 and 8. What
 * the real one does with a browser is in the journey of {@code all-in-one}. Logs are scripted,
 * because no node runs pods here. Thread-safe.
 */
final class KasProxy implements AutoCloseable {
  private static final String PREFIX = "/k8s-proxy";
  private static final String END = "\0";

  /** Names every request. */
  static final String REQUEST_ID = "0b6cf0a2";

  private final Running gitlab;
  private final ApiServer cluster;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final List<String> answers = new CopyOnWriteArrayList<>();
  private final List<String> queries = new CopyOnWriteArrayList<>();
  private volatile boolean away;

  KasProxy(Running gitlab, ApiServer cluster) {
    this.gitlab = gitlab;
    this.cluster = cluster;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(cluster.tls())
            .executor(threads)
            .build();
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  URI url() {
    return url("127.0.0.1");
  }

  /** The same under another name of this machine. */
  URI url(String host) {
    return URI.create("http://" + host + ":" + server.getAddress().getPort() + PREFIX);
  }

  /** From now on the agent has no connection, or has one again. */
  void away(boolean value) {
    away = value;
  }

  /** Lines that the next reader of a log gets. */
  void logs(String... lines) {
    log.addAll(List.of(lines));
  }

  /** The log ends here. */
  void endLog() {
    log.add(END);
  }

  /** Everything that went to the browser. */
  List<String> answers() {
    return List.copyOf(answers);
  }

  /** The queries of logs. */
  List<String> queries() {
    return List.copyOf(queries);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String origin = header(exchange, "Origin").orElse("");
      if (!origin.isEmpty()) {
        if (!origin.equals(gitlab.application().url().toString().replaceAll("/$", ""))) {
          exchange.sendResponseHeaders(403, -1);
          return;
        }
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", origin);
        exchange.getResponseHeaders().set("Access-Control-Allow-Credentials", "true");
        exchange.getResponseHeaders().set("Access-Control-Expose-Headers", "X-Request-Id");
        exchange.getResponseHeaders().set("X-Request-Id", REQUEST_ID);
      }
      if (exchange.getRequestMethod().equals("OPTIONS")) {
        header(exchange, "Access-Control-Request-Headers")
            .ifPresent(
                names -> exchange.getResponseHeaders().set("Access-Control-Allow-Headers", names));
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      Optional<String> cookie = cookie(exchange);
      if (cookie.isEmpty()) {
        refuse(exchange, 401, "Unauthorized: no valid credentials provided");
        return;
      }
      Api.Answer person =
          gitlab
              .kas()
              .post(
                  "/api/v4/internal/kubernetes/authorize_proxy_user",
                  Json.MAPPER.writeValueAsString(
                      Map.of(
                          "agent_id", header(exchange, "Gitlab-Agent-Id").orElse(""),
                          "access_type", "session_cookie",
                          "access_key", cookie.get(),
                          "csrf_token", header(exchange, "X-Csrf-Token").orElse(""))));
      if (person.status() != 201) {
        refuse(exchange, 401, "Unauthorized");
      } else if (away) {
        refuse(
            exchange,
            502,
            "HTTP->gRPC: failed to read gRPC response: rpc error: code = DeadlineExceeded desc ="
                + " Agent connection not found. Is agent up to date and connected?");
      } else if (exchange.getRequestURI().getPath().endsWith("/log")) {
        log(exchange);
      } else {
        forward(exchange, person.json());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void forward(HttpExchange exchange, JsonNode person)
      throws IOException, InterruptedException {
    String target = exchange.getRequestURI().toString().substring(PREFIX.length());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(cluster.url().resolve(target))
            .header("Authorization", "Bearer " + cluster.admin().token())
            .header("Accept", header(exchange, "Accept").orElse("*/*"))
            .header(
                "Impersonate-User",
                "gitlab:user:" + person.path("user").path("username").asString())
            .header("Impersonate-Group", "gitlab:user");
    for (JsonNode project : person.path("access_as").path("user").path("projects")) {
      for (JsonNode role : project.path("roles")) {
        request.header(
            "Impersonate-Group",
            "gitlab:project_role:" + project.path("id").asLong() + ":" + role.asString());
      }
    }
    HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
    response
        .headers()
        .firstValue("Content-Type")
        .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
    exchange.sendResponseHeaders(response.statusCode(), 0);
    try (InputStream in = response.body();
        OutputStream out = exchange.getResponseBody()) {
      var chunk = new byte[16_384];
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        answers.add(new String(chunk, 0, read, StandardCharsets.UTF_8));
        out.write(chunk, 0, read);
        out.flush();
      }
    }
  }

  private void log(HttpExchange exchange) throws IOException, InterruptedException {
    queries.add(Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), ""));
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      for (String line = log.poll(1, TimeUnit.MINUTES);
          line != null && !line.equals(END);
          line = log.poll(1, TimeUnit.MINUTES)) {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    }
  }

  private static void refuse(HttpExchange exchange, int status, String message) throws IOException {
    byte[] body =
        Json.MAPPER.writeValueAsBytes(
            Map.of("kind", "Status", "message", "GitLab Agent Server: " + message, "code", status));
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  private static Optional<String> cookie(HttpExchange exchange) {
    return header(exchange, "Cookie").stream()
        .flatMap(all -> Arrays.stream(all.split("; ", -1)))
        .filter(pair -> pair.startsWith("_gitlab_kas="))
        .map(pair ->
            URLDecoder.decode(pair.substring(pair.indexOf('=') + 1), StandardCharsets.US_ASCII))
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
