package io.mooring.protocol.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a WebSocket stack that others wrote, at either end. */
@Tag("wire-4")
@Tag("wire-6")
@Tag("wire-7")
class ForeignWebSocketTest {
  @TempDir private Path directory;
  private final CountedBuffers buffers = new CountedBuffers();
  private EchoServer server;

  @BeforeEach
  void start() throws Exception {
    server = EchoServer.cleartext(new CountedBuffers());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void ourServerServesAForeignClient() throws Exception {
    try (var bridge = NodeBridge.start("client", server.port(), directory);
        var client = EchoClient.open("grpc://127.0.0.1:" + bridge.port(), buffers)) {
      verify(client);
    }
  }

  @Test
  void ourClientUsesAForeignServer() throws Exception {
    try (var bridge = NodeBridge.start("server", server.port(), directory);
        var client = EchoClient.open("ws://127.0.0.1:" + bridge.port() + "/any/path", buffers)) {
      verify(client);
    }
  }

  private static void verify(EchoClient client) throws Exception {
    for (int size : new int[] {0, 1, 100_000, 4_000_000}) {
      byte[] message = new byte[size];
      new Random(size).nextBytes(message);
      assertThat(Echo.once(client.channel(), message)).isEqualTo(message);
    }
    assertThat(Echo.inOrder(client.channel(), 1000, 1500)).isTrue();
  }
}
