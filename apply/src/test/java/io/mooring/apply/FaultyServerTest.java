package io.mooring.apply;

import static io.mooring.apply.Manifests.configMap;
import static io.mooring.apply.TestEngine.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.apply.FaultyServer.Fault;
import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.report.Outcome;
import io.mooring.apply.report.SyncResult;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RealKubernetes
class FaultyServerTest {
  private static final Fault GONE =
      new Fault.Answer(
          410,
          Map.of(),
          "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"Expired\",\"code\":410}");

  private static boolean isOurWatch(FaultyServer.Request request) {
    return request.isWatch() && request.query().contains("mooring.dev");
  }

  private static boolean isOurList(FaultyServer.Request request) {
    return request.isList("configmaps") && request.query().contains("mooring.dev");
  }

  @Test
  @Tag("fault-45")
  void getsThroughAStormOfRefusals(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    AtomicInteger count = new AtomicInteger();
    try (FaultyServer faulty = new FaultyServer(server);
        TestEngine engine = TestEngine.start(options(ns), faulty.kubernetesClient())) {
      faulty.breaks(request ->
          switch (count.incrementAndGet() % 4) {
            case 0 -> new Fault.Answer(429, Map.of("Retry-After", "1"), "");
            case 1 -> new Fault.Answer(503, Map.of(), "<html>no</html>");
            default -> new Fault.None();
          });

      SyncResult result =
          engine.sync(
              "c1", configMap(ns, "a", "1") + configMap(ns, "b", "1") + configMap(ns, "c", "1"));

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      assertThat(result.applied()).isEqualTo(3);
    }
  }

  @Test
  @Tag("fault-45")
  void prunesNothingWhileTheServerIsGoneAndConvergesAfterwards(
      ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (FaultyServer faulty = new FaultyServer(server);
        TestEngine engine = TestEngine.start(options(ns), faulty.kubernetesClient())) {
      engine.sync("c1", configMap(ns, "a", "1") + configMap(ns, "b", "1"));
      faulty.breaks(request -> new Fault.Answer(503, Map.of(), ""));
      faulty.cutStreams("");

      SyncResult down = engine.sync("c2", configMap(ns, "a", "2"));
      boolean kept = live.find("configmaps", "b").isPresent();
      faulty.breaks(request -> new Fault.None());

      assertThat(down.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(kept).isTrue();
      live.awaitValue("a", "2", TestEngine.PATIENCE);
      live.awaitGone("configmaps", "b");
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> engine.result("c2").outcome() == Outcome.SUCCEEDED);
    }
  }

  @Test
  @Tag("fault-45")
  void listsOnceWhenAWatchIsGone(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    AtomicInteger gone = new AtomicInteger();
    try (FaultyServer faulty = new FaultyServer(server);
        TestEngine engine = TestEngine.start(options(ns), faulty.kubernetesClient())) {
      engine.sync("c1", configMap(ns, "a", "1"));
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> faulty.count(FaultyServerTest::isOurWatch) == 1);
      long lists = faulty.count(FaultyServerTest::isOurList);
      faulty.breaks(
          request -> isOurWatch(request) && gone.incrementAndGet() == 1 ? GONE : new Fault.None());

      faulty.cutStreams("");
      await().atMost(TestEngine.PATIENCE).until(() -> gone.get() >= 2);
      live.patch("configmaps", "a", "{\"data\":{\"value\":\"theirs\"}}");

      live.awaitValue("a", "1", Duration.ofSeconds(2));
      assertThat(faulty.count(FaultyServerTest::isOurList) - lists).isEqualTo(1);
    }
  }

  @Test
  @Tag("fault-45")
  void seesWhatWasDeletedWhileAWatchWasGone(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    AtomicInteger gone = new AtomicInteger();
    try (FaultyServer faulty = new FaultyServer(server);
        TestEngine engine = TestEngine.start(options(ns), faulty.kubernetesClient())) {
      engine.sync("c1", configMap(ns, "a", "1") + configMap(ns, "b", "1"));
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> faulty.count(FaultyServerTest::isOurWatch) == 1);
      faulty.breaks(request ->
          isOurWatch(request) && gone.incrementAndGet() == 1
              ? GONE
              : isOurWatch(request) || isOurList(request)
                  ? new Fault.Answer(503, Map.of(), "")
                  : new Fault.None());
      faulty.cutStreams("");
      live.delete("configmaps", "a");
      await().atMost(TestEngine.PATIENCE).until(() -> gone.get() >= 1);

      faulty.breaks(request -> new Fault.None());

      live.awaitValue("a", "1", TestEngine.PATIENCE);
    }
  }

  @Test
  @Tag("fault-45")
  void resumesAWatchThatBreaksInTheMiddleOfAnEvent(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    try (FaultyServer faulty = new FaultyServer(server);
        TestEngine engine = TestEngine.start(options(ns), faulty.kubernetesClient())) {
      engine.sync("c1", configMap(ns, "a", "1"));
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> faulty.count(FaultyServerTest::isOurWatch) == 1);
      long lists = faulty.count(FaultyServerTest::isOurList);

      faulty.cutStreams("{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"a\",\"names");
      await()
          .atMost(TestEngine.PATIENCE)
          .until(() -> faulty.count(FaultyServerTest::isOurWatch) == 2);
      live.patch("configmaps", "a", "{\"data\":{\"value\":\"theirs\"}}");

      live.awaitValue("a", "1", Duration.ofSeconds(2));
      assertThat(faulty.count(FaultyServerTest::isOurList)).isEqualTo(lists);
    }
  }

  @Test
  @Tag("fault-45")
  void followsBookmarksAndErrorEvents(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    AtomicInteger watches = new AtomicInteger();
    String expired =
        "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"too old resource version\"}}\n";
    String bookmark =
        "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"metadata\":{\"resourceVersion\":\"1\"}}}\n";
    try (FaultyServer faulty = new FaultyServer(server);
        TestEngine engine = TestEngine.start(options(ns), faulty.kubernetesClient())) {
      faulty.breaks(request ->
          isOurWatch(request)
              ? new Fault.Prefix(watches.incrementAndGet() == 1 ? bookmark + expired : bookmark)
              : new Fault.None());
      engine.sync("c1", configMap(ns, "a", "1"));
      await().atMost(TestEngine.PATIENCE).until(() -> watches.get() >= 2);

      live.patch("configmaps", "a", "{\"data\":{\"value\":\"theirs\"}}");

      live.awaitValue("a", "1", Duration.ofSeconds(2));
    }
  }

  @Test
  void watchesInEveryNamespaceWhereItMayNotWatchThemAll(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    String other = ns + "-b";
    server.post(
        "/api/v1/namespaces",
        "{\"metadata\":{\"name\":\""
            + other
            + "\",\"labels\":{\""
            + TestNamespace.LABEL
            + "\":\""
            + ns
            + "\"}}}");
    Fault forbidden =
        new Fault.Answer(
            403,
            Map.of(),
            "{\"kind\":\"Status\",\"reason\":\"Forbidden\",\"message\":\"no\",\"code\":403}");
    try (FaultyServer faulty = new FaultyServer(server);
        TestEngine engine = TestEngine.start(options(ns), faulty.kubernetesClient())) {
      faulty.breaks(
          request -> request.path().equals("/api/v1/configmaps") ? forbidden : new Fault.None());

      SyncResult result = engine.sync("c1", configMap(ns, "a", "1") + configMap(other, "a", "1"));
      new Live(server, other).patch("configmaps", "a", "{\"data\":{\"value\":\"theirs\"}}");

      assertThat(result.outcome()).isEqualTo(Outcome.SUCCEEDED);
      new Live(server, other).awaitValue("a", "1", Duration.ofSeconds(2));
    }
  }

  @Test
  void readsObjectByObjectWhereItMayNotWatchAtAll(ApiServer server, TestNamespace namespace) {
    String ns = namespace.name();
    Live live = new Live(server, ns);
    Fault forbidden =
        new Fault.Answer(
            403,
            Map.of(),
            "{\"kind\":\"Status\",\"reason\":\"Forbidden\",\"message\":\"no\",\"code\":403}");
    EngineOptions options =
        options(ns).withPace(options(ns).pace().withResync(Duration.ofMillis(500)));
    try (FaultyServer faulty = new FaultyServer(server);
        TestEngine engine = TestEngine.start(options, faulty.kubernetesClient())) {
      faulty.breaks(
          request -> isOurList(request) || isOurWatch(request) ? forbidden : new Fault.None());

      engine.sync("c1", configMap(ns, "a", "1"));
      live.patch("configmaps", "a", "{\"data\":{\"value\":\"theirs\"}}");

      live.awaitValue("a", "1", TestEngine.PATIENCE);
    }
  }
}
