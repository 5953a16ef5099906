package io.mooring.agentk.kubernetesapi;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.mooring.testkit.process.SparePort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an API server, or what stands in front of it, may do wrong. */
class HostileApiServerTest {
  @TempDir private Path directory;

  @Test
  void saysThatNobodyListens() throws Exception {
    int port = SparePort.find();
    try (var proxy =
        new ProxyFixture(
            ProxyFixture.kubeconfig(directory, "http://127.0.0.1:" + port, "token: t"))) {
      var answer = proxy.get("/version");

      assertThat(answer.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(answer.end().getMessage())
          .startsWith("gRPC -> HTTP: dial 127.0.0.1:" + port + ": Connection refused");
      assertThat(proxy.outcomes).containsExactly(RequestOutcome.FAILED);
    }
  }

  @Test
  void saysThatAHostIsUnknown() throws Exception {
    try (var proxy =
        new ProxyFixture(
            ProxyFixture.kubeconfig(directory, "http://no-such-host.invalid", "token: t"))) {
      var answer = proxy.get("/version");

      assertThat(answer.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(answer.end().getMessage()).contains("no such host no-such-host.invalid");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage\r\n\r\n",
        "HTTP/1.1 banana\r\n\r\n",
        "\u0016\u0003\u0001\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"
      })
  @Tag("fault-21")
  void refusesAnAnswerThatIsNoHttp(String bytes) throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say(bytes);
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var answer = proxy.get("/version");

      assertThat(answer.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(answer.end().getMessage()).startsWith("gRPC -> HTTP: malformed HTTP response");
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(backend.connections().getFirst().over).isTrue());
    }
  }

  @Test
  void tellsACutAnswerFromAWholeOne() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var answer = proxy.get("/version");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("half");
      assertThat(answer.code()).isEqualTo(Status.Code.CANCELLED);
      assertThat(answer.end().getMessage())
          .isEqualTo("gRPC -> HTTP: read HTTP response: the API server closed the connection");
    }
  }

  @Test
  void tellsAResetInTheMiddle() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
              assertThat(connection.in.read()).isEqualTo('!');
              connection.reset();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var call = proxy.call(HttpCall.Head.post("/upload", -1));
      assertThat(call.next().getHeader().getResponse().getStatusCode()).isEqualTo(200);
      call.data("x");

      // The chunk has a length in front of it, so the server reads something else.
      var answer = call.answer();

      assertThat(answer.code()).isEqualTo(Status.Code.CANCELLED);
      assertThat(answer.end().getMessage()).startsWith("gRPC -> HTTP: read HTTP response:");
    }
  }

  @Test
  void takesTheEndOfTheConnectionForTheEndOfABodyWithoutLength() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say("HTTP/1.0 200 OK\r\n\r\nuntil the end");
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var answer = proxy.get("/logs");

      assertThat(answer.code()).isEqualTo(Status.Code.OK);
      assertThat(answer.text()).isEqualTo("until the end");
      assertThat(answer.headers().all("Via")).containsExactly("1.0 gitlab-agent/v0.0.0/00000000");
    }
  }

  @Test
  void passesOverInterimAnswers() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say(
                  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
              connection.answer("done");
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      assertThat(proxy.get("/x").text()).isEqualTo("done");
    }
  }

  @Test
  void givesAnEarlyAnswerToAnUploadAtOnce() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say(
                  "HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 4\r\n\r\nmuch");
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var call = proxy.call(HttpCall.Head.post("/upload", 1_000_000_000)).data("the beginning");

      var answer = call.answer();

      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.text()).isEqualTo("much");
      assertThat(answer.code()).isEqualTo(Status.Code.OK);
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(backend.connections().getFirst().over).isTrue());
    }
  }

  @Test
  void givesAnAnswerThatCameBeforeTheUploadBroke() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
              // Half of the body is read, then the connection is closed in good order.
              assertThat(connection.bytes(200_000)).hasSize(200_000);
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var call = proxy.call(HttpCall.Head.post("/upload", 400_000));
      for (int i = 0; i < 20; i++) {
        call.data(ByteString.copyFrom(new byte[20_000]));
      }

      assertThat(call.answer().status()).isEqualTo(401);
    }
  }

  @Test
  void asksForNoMoreOfAnUploadThanTheServerReads() throws Exception {
    var read = new CountDownLatch(1);
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              assertThat(read.await(20, TimeUnit.SECONDS)).isTrue();
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var call = proxy.call(HttpCall.Head.post("/upload", -1));
      ByteString piece = ByteString.copyFrom(new byte[32 * 1024]);
      int sent = 0;
      while (becomesReady(call)) {
        call.data(piece);
        sent++;
      }

      // Socket buffers of the loopback on both hops, a window, and little of our own.
      assertThat(sent * 32L * 1024).isLessThan(20L * 1024 * 1024);
      read.countDown();
      await().atMost(SOON).until(call.call::isReady);
      call.call.cancel();
    }
  }

  private static boolean becomesReady(HttpCall call) {
    try {
      await().atMost(Duration.ofMillis(700)).until(call.call::isReady);
      return true;
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      return false;
    }
  }

  @Test
  @Tag("fault-26")
  @Tag("wire-46")
  void endsAWatchAtTheServerWhenTheClientIsGone() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var watch = proxy.call(HttpCall.Head.get("/watch")).end();
      assertThat(watch.next().hasHeader()).isTrue();
      assertThat(watch.next().getData().getData().toStringUtf8()).isEqualTo("hello");

      watch.call.cancel();

      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(backend.connections().getFirst().over).isTrue());
    }
  }

  @Test
  void readsNoMoreThanTheClientTakes() throws Exception {
    var written = new AtomicLong();
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say("HTTP/1.1 200 OK\r\n\r\n");
              var bytes = new byte[64 * 1024];
              for (int i = 0; i < 4_000; i++) {
                connection.out.write(bytes);
                written.addAndGet(bytes.length);
              }
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var call = proxy.call(HttpCall.Head.get("/big")).end();
      var last = new AtomicLong(-1);
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(300))
          .until(() -> written.get() > 0 && last.getAndSet(written.get()) == written.get());

      // What sockets buffer on two hops, and one window.
      assertThat(written.get()).isLessThan(20L * 1024 * 1024);
      assertThat(call.answer().body().size()).isEqualTo(4_000 * 64 * 1024);
    }
  }

  @Test
  @Tag("fault-45")
  void triesOnceMoreWhenAFreeConnectionWasClosedMeanwhile() throws Exception {
    var connections = new AtomicInteger();
    try (var backend =
            Backend.start(connection -> {
              int number = connections.incrementAndGet();
              var _ = connection.request();
              connection.answer("connection " + number);
              if (number == 1) {
                // Reads the next request and goes away instead of answering it.
                var _ = connection.request();
              } else {
                connection.awaitEnd();
              }
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      assertThat(proxy.get("/a").text()).isEqualTo("connection 1");
      assertThat(proxy.get("/b").text()).isEqualTo("connection 2");
    }
  }

  @Test
  @Tag("fault-45")
  void sendsARequestThatIsNotSafeOnlyOnce() throws Exception {
    var connections = new AtomicInteger();
    try (var backend =
            Backend.start(connection -> {
              connections.incrementAndGet();
              var _ = connection.request();
              connection.answer("first");
              var _ = connection.request();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      assertThat(proxy.get("/a").text()).isEqualTo("first");

      var deleted = proxy.call(HttpCall.Head.get("/b").withMethod("DELETE")).end().answer();

      assertThat(deleted.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(connections).hasValue(1);
    }
  }

  @Test
  void doesNotUseAConnectionAgainThatSaysMoreThanItWasAsked() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say(
                  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      assertThat(proxy.get("/a").text()).isEqualTo("ok");
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(backend.connections().getFirst().over).isTrue());
      assertThat(proxy.get("/b").text()).isEqualTo("ok");

      assertThat(backend.connections()).hasSize(2);
    }
  }

  @Test
  void doesNotUseAConnectionAgainThatTheServerSaysItCloses() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      assertThat(proxy.get("/a").text()).isEqualTo("ok");
      assertThat(proxy.get("/b").text()).isEqualTo("ok");

      assertThat(backend.connections()).hasSize(2);
    }
  }

  @Test
  @Tag("fault-45")
  void passesRefusalsOfABusyServerOn() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              while (true) {
                var _ = connection.request();
                connection.say(
                    "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy");
              }
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      for (int i = 0; i < 50; i++) {
        var answer = proxy.get("/a");
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.headers().all("Retry-After")).containsExactly("1");
      }

      assertThat(backend.connections()).hasSize(1);
    }
  }

  @Test
  void speaksToAServerWithoutAnyBodyWhereThereIsNone() throws Exception {
    var seen = new java.util.concurrent.LinkedBlockingQueue<Backend.Request>();
    try (var backend =
            Backend.start(connection -> {
              while (true) {
                var request = connection.request();
                seen.add(request);
                if (request.all("Transfer-Encoding").contains("chunked")) {
                  assertThat(connection.line()).isEqualTo("4");
                  assertThat(connection.line()).isEqualTo("body");
                  assertThat(connection.line()).isEqualTo("0");
                  assertThat(connection.line()).isEmpty();
                }
                connection.answer("ok");
              }
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var empty = proxy.call(HttpCall.Head.post("/empty", 0)).end().answer();
      var unsaid = proxy.call(HttpCall.Head.get("/unsaid").withoutLength()).end().answer();
      var unsaidBody =
          proxy.call(HttpCall.Head.post("/unsaid", 0).withoutLength()).data("body").end().answer();

      assertThat(empty.text()).isEqualTo("ok");
      assertThat(unsaid.text()).isEqualTo("ok");
      assertThat(unsaidBody.text()).isEqualTo("ok");
      assertThat(seen.remove().all("Content-Length")).containsExactly("0");
      assertThat(seen.peek().all("Content-Length")).isEmpty();
      assertThat(seen.remove().all("Transfer-Encoding")).isEmpty();
      assertThat(seen.remove().all("Transfer-Encoding")).containsExactly("chunked");
    }
  }

  @Test
  void refusesABodyThatIsNotAsLongAsItWasSaid() throws Exception {
    try (var backend = Backend.start(connection -> connection.awaitEnd());
        var proxy = ProxyFixture.towards(backend, directory)) {
      var shorter = proxy.call(HttpCall.Head.post("/x", 10)).data("12345").end().answer();
      var longer = proxy.call(HttpCall.Head.post("/x", 3)).data("12345").end().answer();
      var none = proxy.call(HttpCall.Head.post("/x", 0)).data("12345").end().answer();

      assertThat(shorter.code()).isEqualTo(Status.Code.CANCELLED);
      assertThat(shorter.end().getMessage()).endsWith("it ended 5 bytes early");
      assertThat(longer.code()).isEqualTo(Status.Code.CANCELLED);
      assertThat(longer.end().getMessage()).endsWith("2 bytes longer than announced");
      assertThat(none.code()).isEqualTo(Status.Code.INTERNAL);
      assertThat(none.end().getMessage()).isEqualTo("unexpected HttpRequest_Data message received");
    }
  }

  @Test
  @Tag("fault-31")
  void refusesMessagesOutOfOrderAndServesTheNextRequest() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.answer("ok");
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var dataFirst =
          new HttpCall(
              proxy
                  .kas
                  .tunnels()
                  .call("gitlab.agent.kubernetes_api.rpc.KubernetesApi/MakeRequest"));
      var headerTwice = proxy.call(HttpCall.Head.post("/x", -1)).begin(HttpCall.Head.get("/y"));
      var invalid = proxy.call(HttpCall.Head.get("/x").withMethod(""));

      assertThat(dataFirst.data("x").answer().code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(headerTwice.answer().end().getMessage())
          .isEqualTo("transition from 1 to 1 is not allowed. Allowed: [2 3]");
      var answer = invalid.answer();
      assertThat(answer.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(answer.end().getMessage()).contains("invalid HttpRequest.Method");
      assertThat(proxy.get("/z").text()).isEqualTo("ok");
    }
  }

  @Test
  void refusesToBeAWayThroughToAnywhere() throws Exception {
    try (var backend = Backend.start(connection -> connection.awaitEnd());
        var proxy = ProxyFixture.towards(backend, directory)) {
      var answer = proxy.call(HttpCall.Head.get("/x").withMethod("CONNECT")).end().answer();

      assertThat(answer.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(answer.end().getMessage())
          .isEqualTo("gRPC -> HTTP: the method CONNECT cannot be proxied");
    }
  }
}
