package io.mooring.apply;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mooring.testkit.kubernetes.ApiServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The real API server behind a proxy that breaks what a test tells it to break. */
final class FaultyServer implements AutoCloseable {
  /** What happens to a request. */
  sealed interface Fault {
    /** Nothing. */
    record None() implements Fault {}

    /** An answer that is not the server's. */
    record Answer(int status, Map<String, String> headers, String body) implements Fault {}

    /** The server's answer, with something written before it. */
    record Prefix(String text) implements Fault {}
  }

  record Request(String method, String path, String query) {
    boolean isWatch() {
      return query.contains("watch=1");
    }

    boolean isList(String plural) {
      return method.equals("GET") && path.endsWith("/" + plural) && !isWatch();
    }
  }

  final List<Request> requests = new CopyOnWriteArrayList<>();
  private final ApiServer server;
  private final HttpServer proxy;
  private final HttpClient client;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<HttpExchange> streams = ConcurrentHashMap.newKeySet();
  private volatile Function<Request, Fault> faults = request -> new Fault.None();

  FaultyServer(ApiServer server) {
    this.server = server;
    try {
      this.client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .sslContext(tls(server))
              .build();
      this.proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    proxy.setExecutor(threads);
    proxy.createContext("/", this::handle);
    proxy.start();
  }

  private static SSLContext tls(ApiServer server) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(server.certificateAuthority())) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  KubernetesClient kubernetesClient() {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + proxy.getAddress().getPort())
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  void breaks(Function<Request, Fault> how) {
    faults = how;
  }

  /** Cuts every answer that is under way. */
  void cutStreams(String lastWords) {
    for (HttpExchange stream : streams) {
      try {
        stream.getResponseBody().write(lastWords.getBytes(StandardCharsets.UTF_8));
        stream.getResponseBody().flush();
      } catch (IOException e) {
        // Cut by somebody else.
      }
      stream.close();
    }
  }

  long count(java.util.function.Predicate<Request> condition) {
    return requests.stream().filter(condition).count();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    Request request =
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getRawPath(),
            query == null ? "" : query);
    requests.add(request);
    Fault fault = faults.apply(request);
    if (fault instanceof Fault.Answer(int status, Map<String, String> headers, String body)) {
      exchange.getRequestBody().readAllBytes();
      headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
      return;
    }
    pass(exchange, fault instanceof Fault.Prefix(String text) ? text : "");
  }

  private void pass(HttpExchange exchange, String prefix) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    URI target = URI.create(server.url() + exchange.getRequestURI().toString());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .header("Authorization", "Bearer " + server.admin().token())
            .method(
                exchange.getRequestMethod(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    for (String name : List.of("Content-Type", "Accept")) {
      String value = exchange.getRequestHeaders().getFirst(name);
      if (value != null) {
        request.header(name, value);
      }
    }
    try {
      HttpResponse<InputStream> response =
          client.send(request.build(), BodyHandlers.ofInputStream());
      exchange.sendResponseHeaders(response.statusCode(), 0);
      streams.add(exchange);
      try (InputStream in = response.body()) {
        OutputStream out = exchange.getResponseBody();
        out.write(prefix.getBytes(StandardCharsets.UTF_8));
        byte[] buffer = new byte[8192];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          out.write(buffer, 0, read);
          out.flush();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      streams.remove(exchange);
      exchange.close();
    }
  }

  @Override
  public void close() {
    proxy.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
    client.close();
  }
}
