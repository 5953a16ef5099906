package io.mooring.agentk.kubernetesapi;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpgradeTest {
  private static final String SWITCH =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n";

  @TempDir private Path directory;

  private static HttpCall.Head exec() {
    return HttpCall.Head.get("/exec")
        .withMethod("POST")
        .with("Connection", "upgrade")
        .with("Upgrade", "SPDY/3.1");
  }

  @Test
  @Tag("wire-78")
  void carriesRawBytesBothWaysAfterTheSwitch() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var request = connection.request();
              assertThat(request.all("Upgrade")).containsExactly("SPDY/3.1");
              assertThat(request.all("Connection")).containsExactly("upgrade");
              // Bytes of the new protocol may come with the head.
              connection.say(SWITCH + "early");
              byte[] all = connection.bytes(300_000);
              for (int i = 0; i < all.length; i++) {
                all[i] ^= 1;
              }
              connection.out.write(all);
              connection.out.flush();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var call = proxy.call(exec()).trailer();
      var head = call.next().getHeader().getResponse();
      assertThat(head.getStatusCode()).isEqualTo(101);
      assertThat(head.getStatus()).isEqualTo("101 Switching Protocols");
      assertThat(head.getHeaderOrThrow("X-Stream-Protocol-Version").getValue(0))
          .isEqualTo("v4.channel.k8s.io");
      assertThat(call.next().hasTrailer()).isTrue();
      assertThat(call.next().getUpgradeData().getData().toStringUtf8()).isEqualTo("early");

      var bytes = new byte[300_000];
      new Random(7).nextBytes(bytes);
      for (int from = 0; from < bytes.length; from += 30_000) {
        call.bytes(ByteString.copyFrom(bytes, from, 30_000));
      }
      List<ByteString> back = new ArrayList<>();
      int size = 0;
      while (size < bytes.length) {
        back.add(call.next().getUpgradeData().getData());
        size += back.getLast().size();
      }
      var end = call.call.answer();

      for (int i = 0; i < bytes.length; i++) {
        bytes[i] ^= 1;
      }
      assertThat(Arrays.equals(ByteString.copyFrom(back).toByteArray(), bytes)).isTrue();
      assertThat(end.code()).isEqualTo(Status.Code.OK);
      assertThat(proxy.outcomes).containsExactly(RequestOutcome.UPGRADED);
    }
  }

  @Test
  @Tag("wire-78")
  @Tag("fault-21")
  void givesAnotherAnswerAsItIsAndUsesTheConnectionNeverAgain() throws Exception {
    for (int status : new int[] {200, 401, 403}) {
      try (var backend =
              Backend.start(connection -> {
                var _ = connection.request();
                connection.say(
                    "HTTP/1.1 " + status + " Something\r\nContent-Length: 4\r\n\r\ntext");
                connection.awaitEnd();
              });
          var proxy = ProxyFixture.towards(backend, directory)) {
        var answer = proxy.call(exec()).end().answer();

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo("text");
        assertThat(answer.code()).isEqualTo(Status.Code.OK);
        assertThat(proxy.get("/version").text()).isEqualTo("text");
        assertThat(backend.connections()).hasSize(2);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "garbage garbage garbage\r\n\r\n"
      })
  @Tag("fault-21")
  void endsTheCallWhenTheServerSwitchesToSomethingElse(String bytes) throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say(bytes + "hello");
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var answer = proxy.call(exec()).trailer().answer();

      assertThat(answer.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(answer.end().getMessage()).startsWith("gRPC -> HTTP: ");
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(backend.connections().getFirst().over).isTrue());
    }
  }

  @Test
  @Tag("fault-21")
  void refusesASwitchThatNobodyAskedFor() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say(SWITCH);
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var answer = proxy.get("/version");

      assertThat(answer.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(answer.end().getMessage()).contains("nobody asked for that");
    }
  }

  @Test
  void refusesBytesOfAnotherProtocolWhereThereIsNone() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say("HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\n12345");
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var early =
          proxy
              .call(HttpCall.Head.post("/x", -1))
              .trailer()
              .bytes(ByteString.copyFromUtf8("x"))
              .answer();
      var call = proxy.call(exec()).trailer();
      assertThat(call.next().getHeader().getResponse().getStatusCode()).isEqualTo(403);
      var refused = call.bytes(ByteString.copyFromUtf8("x")).call.answer();

      assertThat(early.code()).isEqualTo(Status.Code.INTERNAL);
      assertThat(early.end().getMessage())
          .isEqualTo("unexpected HttpRequest_UpgradeData message received");
      assertThat(refused.code()).isEqualTo(Status.Code.INTERNAL);
      assertThat(refused.status().getMessage())
          .isEqualTo("unexpected HttpRequest_UpgradeData message for HTTP status code 403");
    }
  }

  @Test
  @Tag("fault-29")
  void deliversWhatFollowsTheClientsEnd() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say(SWITCH);
              String all = new String(connection.in.readAllBytes(), StandardCharsets.ISO_8859_1);
              connection.say("you said " + all);
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var call = proxy.call(exec()).trailer();
      assertThat(call.next().hasHeader()).isTrue();
      assertThat(call.next().hasTrailer()).isTrue();

      call.bytes(ByteString.copyFromUtf8("one ")).bytes(ByteString.copyFromUtf8("two"));
      call.call.closeSend();

      assertThat(call.next().getUpgradeData().getData().toStringUtf8())
          .isEqualTo("you said one two");
      assertThat(call.call.answer().code()).isEqualTo(Status.Code.OK);
    }
  }

  @Test
  @Tag("fault-29")
  void deliversWhatWasSaidBeforeTheServersEnd() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say(SWITCH + "x".repeat(500_000));
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var call = proxy.call(exec()).trailer();
      assertThat(call.next().hasHeader()).isTrue();
      assertThat(call.next().hasTrailer()).isTrue();

      int size = 0;
      for (ByteString message : call.call.answer().messages()) {
        size +=
            io.mooring.wire.grpctool.HttpResponse.parseFrom(message)
                .getUpgradeData()
                .getData()
                .size();
      }

      assertThat(size).isEqualTo(500_000);
    }
  }

  @Test
  @Tag("fault-26")
  void closesTheConnectionWhenTheClientVanishes() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say(SWITCH);
              connection.awaitEnd();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      var call = proxy.call(exec()).trailer();
      assertThat(call.next().hasHeader()).isTrue();

      call.call.cancel();

      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(backend.connections().getFirst().over).isTrue());
    }
  }

  @Test
  @Tag("fault-25")
  void leavesNoConnectionOfManyThatWereReset() throws Exception {
    try (var backend =
            Backend.start(connection -> {
              var _ = connection.request();
              connection.say(SWITCH);
              assertThat(connection.in.read()).isEqualTo('x');
              connection.reset();
            });
        var proxy = ProxyFixture.towards(backend, directory)) {
      for (int round = 0; round < 5; round++) {
        List<HttpCall> calls = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
          calls.add(proxy.call(exec()).trailer());
        }
        for (HttpCall call : calls) {
          assertThat(call.next().hasHeader()).isTrue();
          call.bytes(ByteString.copyFromUtf8("x"));
        }
        for (HttpCall call : calls) {
          var _ = call.call.answer();
        }
      }

      assertThat(proxy.outcomes).hasSize(200);
      assertThat(backend.connections()).hasSize(200).allMatch(connection -> connection.over);
    }
  }
}
