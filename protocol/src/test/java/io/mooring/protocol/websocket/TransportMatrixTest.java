package io.mooring.protocol.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.protocol.transport.ClientTls;
import io.netty.util.ResourceLeakDetector;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every scheme, on one port for cleartext and one for TLS. */
@Tag("wire-1")
@Tag("wire-2")
@Tag("wire-3")
@Tag("wire-15")
class TransportMatrixTest {
  private static final int[] SIZES = {0, 1, 125, 126, 65_535, 65_536, 300_000, 4 * 1024 * 1024};

  @TempDir private static Path directory;
  private static final Certificates CERTIFICATES = new Certificates();
  private static final CountedBuffers BUFFERS = new CountedBuffers();
  private static EchoServer cleartext;
  private static EchoServer secured;
  private static ClientTls tls;

  @BeforeAll
  static void start() throws Exception {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    cleartext = EchoServer.cleartext(new CountedBuffers());
    secured = EchoServer.tls(CERTIFICATES.server(), new CountedBuffers());
    tls = ClientTls.with("--ca-cert-file", Optional.of(CERTIFICATES.file(directory)));
  }

  @AfterAll
  static void stop() {
    cleartext.close();
    secured.close();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
  }

  private static EchoClient client(String scheme) {
    boolean protectedByTls = scheme.equals("grpcs") || scheme.equals("wss");
    int port = (protectedByTls ? secured : cleartext).port();
    return EchoClient.open(scheme + "://127.0.0.1:" + port, tls, EchoClient.OPENING, BUFFERS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc", "ws", "wss", "grpcs"})
  void carriesMessagesOfEverySize(String scheme) {
    try (EchoClient client = client(scheme)) {
      for (int size : SIZES) {
        byte[] message = new byte[size];
        new Random(size).nextBytes(message);

        assertThat(Echo.once(client.channel(), message)).as("%s bytes", size).isEqualTo(message);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc", "ws", "wss", "grpcs"})
  void keepsTheOrderOfAThousandMessages(String scheme) throws Exception {
    try (EchoClient client = client(scheme)) {
      assertThat(Echo.inOrder(client.channel(), 1000, 1500)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wss", "grpcs"})
  void tellsTheServerAboutTls(String scheme) throws Exception {
    try (EchoClient client = client(scheme)) {
      Echo.once(client.channel(), new byte[3]);

      EchoServer.Seen last = secured.seen();
      assertThat(last.tls()).isTrue();
    }
  }
}
