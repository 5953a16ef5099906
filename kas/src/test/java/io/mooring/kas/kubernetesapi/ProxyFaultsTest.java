package io.mooring.kas.kubernetesapi;

import static io.mooring.kas.kubernetesapi.ProxyFixture.AUTHORIZED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.mooring.kas.kubernetesapi.RawClient.Response;
import io.mooring.kas.tunnel.AgentAbility;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies, errors, upgrades, and clients and agents that break the rules. */
class ProxyFaultsTest {
  private static final String[] UPGRADE = {AUTHORIZED, "Connection: Upgrade", "Upgrade: SPDY/3.1"};

  private static final ByteString PIECE = ProxyFixture.bytes(32 * 1024);

  /** Pieces, 64 MiB: far more than the kernel holds for a connection. */
  private static final int ENDLESS = 2_000;

  private ProxyFixture proxy;

  @BeforeEach
  void start() {
    proxy = ProxyFixture.start();
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  @Test
  @Tag("wire-72")
  void aKnownLengthTravelsWithItsBody() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.request("POST", "/api", AUTHORIZED, "Content-Length: 5").send("hello");
      ScriptedAgent.Call call = proxy.agent.next();

      assertThat(call.head().getContentLength()).isEqualTo(5);
      assertThat(call.body().toStringUtf8()).isEqualTo("hello");
      call.awaitHalfClose();
      call.answer(201, Map.of(), "made");
      Response response = client.response();

      assertThat(response.status()).isEqualTo(201);
      assertThat(response.body()).isEqualTo("made");
    }
  }

  @Test
  @Tag("wire-72")
  void aChunkedBodyHasLengthMinusOne() throws Exception {
    try (RawClient client = proxy.connect()) {
      client
          .request("POST", "/api", AUTHORIZED, "Transfer-Encoding: chunked")
          .send("5\nhello\n1\n!\n0\n\n");
      ScriptedAgent.Call call = proxy.agent.next();

      assertThat(call.head().getContentLength()).isEqualTo(-1);
      assertThat(call.body().toStringUtf8()).isEqualTo("hello!");
    }
  }

  @Test
  @Tag("wire-74")
  void everyEventOfAWatchArrivesAtOnce() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/api/v1/pods?watch=true", AUTHORIZED);
      ScriptedAgent.Call call = proxy.agent.next().head(200, Map.of());
      client.head();

      assertThat(call.data("one").isReady()).isTrue();
      assertThat(client.chunk()).isEqualTo("one");
      call.data("two");
      assertThat(client.chunk()).isEqualTo("two");
    }
  }

  @Test
  @Tag("wire-75")
  void aFailureWithinAnAnswerBreaksTheConnection() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/api", AUTHORIZED);
      ScriptedAgent.Call call = proxy.agent.next().head(200, Map.of()).data("half");
      client.head();
      assertThat(client.chunk()).isEqualTo("half");
      call.end(Status.UNAVAILABLE.withDescription("gone"));

      assertThatThrownBy(client::isAtEnd)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  @Tag("wire-77")
  void aFailureBeforeTheAnswerIsAStatusWithoutReason() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/api", AUTHORIZED);
      proxy
          .agent
          .next()
          .end(Status.DEADLINE_EXCEEDED.withDescription("Agent connection not found"));
      Response response = client.response();

      assertThat(response.status()).isEqualTo(502);
      assertThat(response.head().all("Content-Type")).containsExactly("application/json");
      assertThat(response.body())
          .contains("\"kind\":\"Status\"", "\"code\":502", "\"metadata\":{}")
          .contains(
              "GitLab Agent Server: HTTP->gRPC: failed to read gRPC response: rpc error: code ="
                  + " DeadlineExceeded desc = Agent connection not found")
          .doesNotContain("reason");
    }
  }

  @Test
  @Tag("wire-77")
  void errorsComeInTheFormatThatIsAccepted() throws Exception {
    try (RawClient client = proxy.connect()) {
      Response yaml = client.get("/api", "Accept: application/yaml").response();
      Response protobuf =
          client
              .get("/api", "Accept: application/vnd.kubernetes.protobuf, application/json;q=0.1")
              .response();
      Response none = client.get("/api", "Accept: text/html").response();

      assertThat(yaml.body()).contains("kind: Status\n", "code: 401\n", "reason: Unauthorized\n");
      assertThat(protobuf.body()).startsWith("k8s\0").contains("no valid credentials provided");
      assertThat(none.status()).isEqualTo(406);
      assertThat(none.head().all("Content-Type")).containsExactly("text/plain; charset=utf-8");
    }
  }

  @Test
  @Tag("wire-66")
  void thePrefixIsStrippedAndNothingOutsideIsServed() throws Exception {
    try (ProxyFixture prefixed = ProxyFixture.start("/k8s-proxy/", Limits.STANDARD);
        RawClient client = prefixed.connect()) {
      Response outside = client.get("/api").response();
      client.get("/k8s-proxy/api/v1/pods", AUTHORIZED);
      ScriptedAgent.Call call = prefixed.agent.next();

      assertThat(outside.status()).isEqualTo(400);
      assertThat(outside.body()).contains("Bad request: URL does not start with expected prefix");
      assertThat(call.head().getRequest().getUrlPath()).isEqualTo("/api/v1/pods");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/k8s-proxy/../api",
        "/k8s-proxy/%2e%2e/api",
        "/k8s-proxy/a%2fb",
        "/k8s-proxy//api",
        "/k8s-proxy/a%00",
        "/k8s-proxy/%",
        "/k8s-proxy/%ff",
        "/k8s-proxy",
        "*",
        "http://user@host/k8s-proxy/api",
        "http:///k8s-proxy/api",
        "ftp://host/k8s-proxy/api",
        "k8s-proxy/api"
      })
  @Tag("fault-19")
  void pathsThatCouldLeadElsewhereAreRefused(String target) throws Exception {
    try (ProxyFixture prefixed = ProxyFixture.start("/k8s-proxy/", Limits.STANDARD);
        RawClient client = prefixed.connect()) {
      assertThat(client.get(target, AUTHORIZED).response().status()).isEqualTo(400);
      assertThat(prefixed.agent.isIdle()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\nTransfer-Encoding: chunked\n\n0\n\n",
        "Content-Length: 5\nContent-Length: 6\n\nhello",
        "Content-Length: 5, 5\n\nhello",
        "Content-Length: +5\n\nhello",
        "Content-Length: -1\n\n",
        "Transfer-Encoding: chunked, identity\n\n0\n\n",
        "Transfer-Encoding: xchunked\n\n0\n\n",
        "Content-Length : 5\n\nhello",
        "Transfer-Encoding: chunked\n\nFFFFFFFFFFFFFFFFF\na\n0\n\n",
        "Transfer-Encoding: chunked\n\n-1\na\n0\n\n",
        "Transfer-Encoding: chunked\n\nzz\na\n0\n\n",
        "Host: another.example.com\n\n"
      })
  @Tag("fault-18")
  void whatTwoServersCouldReadDifferentlyIsRefusedAndTheConnectionEnds(String rest)
      throws Exception {
    try (RawClient client = proxy.connect()) {
      client.send("POST /api HTTP/1.1\nHost: kas.example.com\n" + AUTHORIZED + "\n" + rest);
      Response response = client.response();
      client.shutdownOutput();

      assertThat(response.status()).isEqualTo(400);
      assertThat(response.head().all("Connection")).containsExactly("close");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  @Tag("wire-78")
  @Tag("fault-29")
  void anUpgradeKeepsTheStreamOpenAndCarriesBytesBothWays() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/exec", UPGRADE);
      ScriptedAgent.Call call = proxy.agent.next();
      assertThat(call.head().getRequest().getHeaderMap()).containsKeys("Upgrade", "Connection");
      assertThat(call.next().hasTrailer()).isTrue();
      assertThat(call.isHalfClosed()).isFalse();
      call.head(101, Map.of("Upgrade", "SPDY/3.1", "Connection", "Upgrade")).trailer();
      assertThat(client.head().status()).isEqualTo(101);

      call.upgradeData("down");
      assertThat(client.text(4)).isEqualTo("down");
      client.send("up").shutdownOutput();
      assertThat(call.next().getUpgradeData().getData().toStringUtf8()).isEqualTo("up");
      call.awaitHalfClose();
      call.upgradeData("last").end(Status.OK);

      assertThat(client.text(4)).isEqualTo("last");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 401, 403})
  @Tag("wire-78")
  @Tag("fault-21")
  void anUpgradeThatIsRefusedIsANormalAnswerAndEndsTheConnection(int status) throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/exec", UPGRADE);
      ScriptedAgent.Call call = proxy.agent.next();
      call.head(status, Map.of("Content-Length", "2")).data("no").trailer();
      call.awaitHalfClose();
      Response response = client.response();

      assertThat(response.status()).isEqualTo(status);
      assertThat(response.body()).isEqualTo("no");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  @Tag("fault-21")
  void aProtocolThatWasNotAskedForIsRefused() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/exec", UPGRADE);
      ScriptedAgent.Call call = proxy.agent.next();
      call.head(101, Map.of("Upgrade", "h2c", "Connection", "Upgrade"));

      assertThat(client.response().status()).isEqualTo(502);
      call.awaitCancel();
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  @Tag("wire-96")
  @Tag("fault-65")
  void whatAnAgentMustBeAbleToDoIsSaid() throws Exception {
    proxy.access.impersonate("gitlab:user:jane");
    try (RawClient client = proxy.connect()) {
      client.get("/exec", UPGRADE);

      assertThat(proxy.agent.next().metadata().get(AgentAbility.NEEDED))
          .containsExactlyInAnyOrder(AgentAbility.IMPERSONATION, AgentAbility.UPGRADE);
    }
  }

  @Test
  @Tag("fault-26")
  void aClientThatVanishesEndsItsWatchAndItsUpload() throws Exception {
    try (RawClient watch = proxy.connect();
        RawClient upload = proxy.connect()) {
      watch.get("/api/v1/pods?watch=true", AUTHORIZED);
      ScriptedAgent.Call first = proxy.agent.next().head(200, Map.of());
      watch.head();
      upload.request("POST", "/api", AUTHORIZED, "Content-Length: 5").send("he");
      ScriptedAgent.Call second = proxy.agent.next();
      watch.reset();
      upload.reset();

      first.awaitCancel();
      second.awaitCancel();
    }
  }

  @Test
  void anAgentThatGoesOnAfterTheEndOfItsAnswerIsCutOff() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/api", AUTHORIZED);
      ScriptedAgent.Call call = proxy.agent.next().head(200, Map.of("Content-Length", "2"));
      call.data("ok").trailer();
      assertThat(client.response().status()).isEqualTo(200);

      call.data("more");

      call.awaitCancel();
      client.get("/api", AUTHORIZED);
      proxy.agent.next().head(200, Map.of("Content-Length", "2")).data("ok").trailer();
      assertThat(client.response().status()).as("the connection is still of use").isEqualTo(200);
    }
  }

  @Test
  @Tag("fault-39")
  void aReadIsTriedOnceMoreAndAWriteIsNot() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/api", AUTHORIZED);
      proxy.agent.next().end(Status.UNAVAILABLE.withDescription("connection lost"));
      proxy.agent.next().end(Status.UNAVAILABLE.withDescription("connection lost"));
      assertThat(client.response().status()).isEqualTo(502);

      client.request("DELETE", "/api", AUTHORIZED);
      proxy.agent.next().end(Status.UNAVAILABLE.withDescription("connection lost"));
      assertThat(client.response().status()).isEqualTo(502);

      client.get("/api", AUTHORIZED);
      proxy.agent.next().end(Status.UNAVAILABLE.withDescription("gRPC -> HTTP: refused"));
      assertThat(client.response().status()).isEqualTo(502);
      assertThat(proxy.agent.isIdle()).isTrue();
    }
  }

  @Test
  @Tag("fault-28")
  void aReaderThatStallsCostsItsWindowAndNobodyElse() throws Exception {
    try (RawClient stalled = RawClient.connect(proxy.address(), 4096);
        RawClient other = proxy.connect()) {
      stalled.get("/big", AUTHORIZED);
      ScriptedAgent.Call call = proxy.agent.next().head(200, Map.of());
      AtomicInteger sent = new AtomicInteger();
      // The kernel takes bytes for a while; a stall that lasts is one.
      await()
          .during(Duration.ofMillis(500))
          .until(() -> {
            while (call.isReady() && sent.get() < ENDLESS) {
              call.data(PIECE);
              sent.incrementAndGet();
            }
            return !call.isReady()
                && !proxy.metrics().contains("k8s_api_proxy_longest_stall_seconds 0.0\n");
          });
      other.get("/small", AUTHORIZED);
      proxy.agent.next().answer(200, Map.of(), "ok");

      assertThat(other.response().body()).isEqualTo("ok");
      assertThat(call.isReady()).isFalse();
      assertThat(sent.get()).isLessThan(ENDLESS);
    }
  }

  @Test
  void anEarlyAnswerReachesAClientThatIsStillUploading() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.request("POST", "/api", AUTHORIZED, "Content-Length: 1000000").send("first");
      ScriptedAgent.Call call = proxy.agent.next();
      call.head(413, Map.of("Content-Length", "3")).data("big").trailer();
      Response response = client.response();

      assertThat(response.status()).isEqualTo(413);
      assertThat(response.body()).isEqualTo("big");
      assertThat(response.head().all("Connection")).containsExactly("close");
      call.awaitCancel();
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.get("/one", AUTHORIZED).get("/two", AUTHORIZED);
      ScriptedAgent.Call one = proxy.agent.next();
      assertThat(proxy.agent.isIdle()).isTrue();
      one.answer(200, Map.of(), "1");
      proxy.agent.next().answer(200, Map.of(), "2");

      assertThat(client.response().body()).isEqualTo("1");
      assertThat(client.response().body()).isEqualTo("2");
    }
  }

  @Test
  void aClientThatWaitsForAWordGetsItBeforeItsBody() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.request("PUT", "/api", AUTHORIZED, "Content-Length: 2", "Expect: 100-continue");
      assertThat(client.head().status()).isEqualTo(100);
      client.send("ok");
      ScriptedAgent.Call call = proxy.agent.next();

      assertThat(call.head().getRequest().getHeaderMap()).doesNotContainKey("Expect");
      assertThat(call.body().toStringUtf8()).isEqualTo("ok");
    }
  }

  @Test
  void answersWithoutBodyLeaveTheConnectionUsable() throws Exception {
    try (RawClient client = proxy.connect()) {
      client.request("HEAD", "/api", AUTHORIZED);
      proxy.agent.next().answer(200, Map.of("Content-Length", "7"), "");
      assertThat(client.head().all("Content-Length")).containsExactly("7");
      for (int status : new int[] {204, 304}) {
        client.get("/api", AUTHORIZED);
        proxy.agent.next().answer(status, Map.of(), "");
        RawClient.Head head = client.head();
        assertThat(head.status()).isEqualTo(status);
        assertThat(head.all("Transfer-Encoding")).isEmpty();
      }
    }
  }

  @Test
  void aRunningRequestFinishesWhileTheProxyStops() throws Exception {
    try (RawClient client = proxy.connect();
        RawClient idle = proxy.connect()) {
      client.get("/api", AUTHORIZED);
      ScriptedAgent.Call call = proxy.agent.next();
      Thread stopping =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  proxy.api().stop();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      assertThat(idle.isAtEnd()).isTrue();
      call.answer(200, Map.of(), "done");

      assertThat(client.response().body()).isEqualTo("done");
      assertThat(stopping.join(Duration.ofSeconds(10))).isTrue();
    }
  }
}
