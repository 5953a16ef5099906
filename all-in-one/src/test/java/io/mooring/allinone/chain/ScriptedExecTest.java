package io.mooring.allinone.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.allinone.chain.ScriptedExecServer.Speaks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exec with servers that speak one protocol only, straight and through kas. */
@Tag("fault-23")
class ScriptedExecTest extends ExecContract {
  private static final List<String> SPDY_VERSION =
      List.of("X-Stream-Protocol-Version: v4.channel.k8s.io");

  @TempDir Path directory;
  private ScriptedExecServer server;
  private Chain chain;

  @BeforeEach
  void start() throws Exception {
    serve(Speaks.WEBSOCKET_V4);
  }

  private void serve(Speaks speaks) throws Exception {
    if (server != null) {
      stop();
    }
    server = ScriptedExecServer.start(speaks);
    Path files = Files.createDirectories(directory.resolve(speaks.name()));
    chain = Chain.start(files, Chain.plainKubeconfig(files, server.port()));
  }

  @AfterEach
  void stop() throws Exception {
    chain.close();
    server.close();
  }

  @Test
  void aWebSocketOfV5EndsItsStdin() throws Exception {
    serve(Speaks.WEBSOCKET_V5);
    String path = path(false, "cat");

    for (Endpoint endpoint : List.of(straight(), throughKas())) {
      try (ExecSocket socket = ExecSocket.open(endpoint, path, ExecSocket.V5)) {
        ExecSocket.Transcript transcript = socket.stdin("one\n").stdin("two\n").closeStdin().end();

        assertThat(transcript.protocol()).isEqualTo(ExecSocket.V5);
        assertThat(transcript.stdout()).isEqualTo("got one\ntwo\n");
        assertThat(transcript.stderr()).isEqualTo("oops\n");
        assertThat(transcript.status()).contains("\"137\"");
      }
    }
  }

  @Test
  void anOlderServerRefusesV5AndTakesV4() throws Exception {
    assertRefusedAlike("GET", webSocket(ExecSocket.V5), path(false, "true"));
    assertRefusedAlike("POST", spdy(), path(false, "true"));

    Endpoint.Answer through =
        throughKas().handshake("GET", path(false, "true"), webSocket(ExecSocket.V4));

    assertThat(through)
        .isEqualTo(straight().handshake("GET", path(false, "true"), webSocket(ExecSocket.V4)));
    assertThat(through.status()).isEqualTo(101);
  }

  @Test
  void aServerOfV5AloneRefusesSpdyAndV4() throws Exception {
    serve(Speaks.WEBSOCKET_V5);

    assertRefusedAlike("POST", spdy(), path(false, "true"));
    assertRefusedAlike("GET", webSocket(ExecSocket.V4), path(false, "true"));
  }

  @Test
  void aServerOfSpdyAloneRefusesWebSocketsAndTakesSpdy() throws Exception {
    serve(Speaks.SPDY);
    String path = path(false, "true");
    assertRefusedAlike("GET", webSocket(ExecSocket.V5), path);
    assertRefusedAlike("GET", webSocket(ExecSocket.V4), path);
    byte[] bytes = new byte[200_000];
    new Random(23).nextBytes(bytes);

    for (Endpoint endpoint : List.of(straight(), throughKas())) {
      var answer = endpoint.handshake("POST", path, spdy());
      assertThat(answer.status()).isEqualTo(101);
      assertThat(answer.headers())
          .containsEntry("upgrade", "SPDY/3.1")
          .containsEntry("x-stream-protocol-version", ExecSocket.V4);
      byte[] back = endpoint.exchange("POST", path, bytes, spdy());
      for (int i = 0; i < back.length; i++) {
        back[i] ^= 0x55;
      }
      assertThat(Arrays.equals(back, bytes)).isTrue();
    }
  }

  private static String[] spdy() {
    return upgrade("SPDY/3.1", SPDY_VERSION.toArray(String[]::new));
  }

  @Override
  Endpoint straight() {
    return Endpoint.plain(server.port());
  }

  @Override
  Endpoint throughKas() {
    return chain.endpoint();
  }

  @Override
  String pod() {
    return "/api/v1/namespaces/default/pods/talker";
  }
}
