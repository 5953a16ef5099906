package io.mooring.protocol.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** gRPC does not notice how the other end cuts its bytes into messages. */
@Tag("wire-7")
class SlicingTest {
  private static final CountedBuffers BUFFERS = new CountedBuffers();
  private static EchoServer server;

  @BeforeAll
  static void start() throws Exception {
    server = EchoServer.cleartext(new CountedBuffers());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void ourServerTakesAnyClient(SlicingBridge.Cut cut) throws Exception {
    try (var bridge = SlicingBridge.toWebSocket(server.port(), cut);
        var client = EchoClient.open("grpc://127.0.0.1:" + bridge.port(), BUFFERS)) {
      verify(client, cut);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ourClientTakesAnyServer(SlicingBridge.Cut cut) throws Exception {
    try (var bridge = SlicingBridge.fromWebSocket(server.port(), cut);
        var client = EchoClient.open("ws://127.0.0.1:" + bridge.port() + "/a/b?c=d", BUFFERS)) {
      verify(client, cut);
    }
  }

  private static void verify(EchoClient client, SlicingBridge.Cut cut) throws Exception {
    byte[] message = new byte[cut == SlicingBridge.Cut.SINGLE_BYTES ? 5000 : 3_000_000];
    new Random(7).nextBytes(message);

    assertThat(Echo.once(client.channel(), message)).isEqualTo(message);
    assertThat(Echo.inOrder(client.channel(), 200, 100)).isTrue();
  }
}
