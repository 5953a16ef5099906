package io.mooring.apply.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class KubernetesApiTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private KubernetesClient client;
  private KubernetesApi api;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
            .build();
    client = new KubernetesClientBuilder().withConfig(config).build();
    api = new KubernetesApi(client);
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private static long usedAfterCollection() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private void answer(String path, byte[] start, byte[] item, int items, byte[] end) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(start);
            for (int i = 0; i < items; i++) {
              out.write(item);
            }
            out.write(end);
          }
        });
  }

  @Test
  @Tag("fault-45")
  void readsAListOfAHundredMegabytesOneObjectAtATime() throws ApiException, InterruptedException {
    byte[] item =
        (",{\"metadata\":{\"name\":\"a\"},\"data\":{\"x\":\"" + "x".repeat(100_000) + "\"}}")
            .getBytes(StandardCharsets.UTF_8);
    int items = 1_000;
    answer(
        "/api/v1/configmaps",
        "{\"kind\":\"ConfigMapList\",\"items\":[{\"metadata\":{\"name\":\"first\"}}"
            .getBytes(StandardCharsets.UTF_8),
        item,
        items,
        "],\"metadata\":{\"resourceVersion\":\"42\"}}".getBytes(StandardCharsets.UTF_8));
    AtomicInteger seen = new AtomicInteger();
    AtomicLong halfWay = new AtomicLong();
    long before = usedAfterCollection();

    String version =
        api.list(
            "/api/v1/configmaps",
            "labelSelector=a",
            false,
            object -> {
              if (seen.incrementAndGet() == items / 2) {
                halfWay.set(usedAfterCollection());
              }
            });

    assertThat(version).isEqualTo("42");
    assertThat(seen).hasValue(items + 1);
    assertThat(halfWay.get() - before).isLessThan(20 << 20);
  }

  @Test
  @Tag("fault-45")
  void refusesAListThatIsCutOff() {
    answer(
        "/api/v1/pods",
        "{\"items\":[{\"metadata\":{\"name\":\"a\"}},{\"met".getBytes(StandardCharsets.UTF_8),
        new byte[0],
        0,
        new byte[0]);

    assertThatThrownBy(() -> api.list("/api/v1/pods", "a=b", true, object -> {}))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("cut off");
  }

  @Test
  @Tag("fault-45")
  void endsAWatchThatGoesSilent() throws ApiException, InterruptedException {
    server.createContext(
        "/api/v1/services",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange
              .getResponseBody()
              .write("{\"type\":\"ADDED\",\"object\":{}}\n".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          // Never closed: the connection is dead and nobody says so.
        });

    try (WatchStream watch = api.watch("/api/v1/services", "a=b", "1", Duration.ofSeconds(-19))) {
      assertThat(watch.next()).isPresent();
      assertThatThrownBy(watch::next).isInstanceOf(ApiException.class);
    }
  }

  @Test
  void refusesAnEventThatIsTooLarge() throws ApiException, InterruptedException {
    answer(
        "/api/v1/nodes",
        new byte[0],
        "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8),
        20,
        new byte[0]);

    try (WatchStream watch = api.watch("/api/v1/nodes", "a=b", "1", Duration.ofSeconds(60))) {
      assertThatThrownBy(watch::next)
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("an event has more than");
    }
  }

  @Test
  void tellsWhatCannotBeReached() {
    server.stop(0);

    assertThatThrownBy(() -> api.get("/version"))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ApiException.NO_ANSWER);
              assertThat(e.isTransient()).isTrue();
            })
        .hasMessageStartingWith("GET /version: no answer");
  }

  @Test
  void readsAStatusAndAnythingElse() {
    server.createContext(
        "/status",
        exchange -> {
          byte[] body =
              "{\"kind\":\"Status\",\"message\":\"wait\",\"reason\":\"TooManyRequests\",\"details\":{\"retryAfterSeconds\":7,\"kind\":\"namespaces\"}}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(429, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });

    assertThatThrownBy(() -> api.get("/status"))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(7));
              assertThat(e.isTransient()).isTrue();
              assertThat(e.reason()).isEqualTo("TooManyRequests");
            })
        .hasMessage("wait");
    assertThatThrownBy(() -> api.get("/nothing")).hasMessage("GET /nothing: HTTP 404");
  }

  @Test
  void findsNothingWhereNothingIs() throws ApiException, InterruptedException {
    assertThat(api.find("/nothing")).isEqualTo(Optional.empty());
    assertThat(api.counts()).isEqualTo(new RequestCounts(1, 0, 0, 0));
  }

  @Test
  void readsServerVersions() {
    assertThat(version("1", "20").validatesFields()).isFalse();
    assertThat(version("1", "25+").validatesFields()).isTrue();
    assertThat(version("2", "0").validatesFields()).isTrue();
    assertThat(version("", "").validatesFields()).isFalse();
  }

  private static ServerVersion version(String major, String minor) {
    return ServerVersion.of(
        new io.mooring.apply.object.JsonObject(java.util.Map.of("major", major, "minor", minor)));
  }
}
