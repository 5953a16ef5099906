package io.mooring.allinone.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every server that speaks {@code v4.channel.k8s.io} does for a client, straight and through
 * kas: the real one, and the one that stands in for servers which cannot be had.
 */
abstract class ExecContract {
  private static final String WEB_SOCKET_KEY = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==";

  abstract Endpoint straight();

  abstract Endpoint throughKas();

  /** Where the command can be run. */
  abstract String pod();

  @Test
  void aWebSocketSeesTheSameWithExitCodeAndStderr() throws Exception {
    String path = path(false, "sh", "-c", "read l; echo got $l; echo oops >&2; exit 137");

    ExecSocket.Transcript direct = talk(straight(), path);
    ExecSocket.Transcript through = talk(throughKas(), path);

    assertThat(through).isEqualTo(direct);
    assertThat(through.protocol()).isEqualTo(ExecSocket.V4);
    assertThat(through.stdout()).isEqualTo("got hello\n");
    assertThat(through.stderr()).isEqualTo("oops\n");
    assertThat(through.status()).contains("\"ExitCode\"", "\"137\"");
  }

  @Test
  void whatTheServerRefusesIsRefusedTheSameWay() throws Exception {
    assertRefusedAlike(
        "GET", webSocket("v5.channel.k8s.io"), path(false, "true"), path(false, "no", "such"));
    assertRefusedAlike("POST", upgrade("something/1"), path(false, "true"));
  }

  private static ExecSocket.Transcript talk(Endpoint endpoint, String path) throws Exception {
    try (ExecSocket socket = ExecSocket.open(endpoint, path, ExecSocket.V4)) {
      return socket.stdin("hello\n").end();
    }
  }

  final void assertRefusedAlike(String method, String[] headers, String... paths)
      throws IOException {
    for (String path : paths) {
      Endpoint.Answer direct = straight().handshake(method, path, headers);
      Endpoint.Answer through = throughKas().handshake(method, path, headers);

      assertThat(direct.status()).isGreaterThanOrEqualTo(400);
      assertThat(through.status()).as(path).isEqualTo(direct.status());
      assertThat(through.body()).as(path).isEqualTo(direct.body());
      // Where the server names no kind of content, kas names the harmless one (fault 16).
      if (direct.headers().containsKey("content-type")) {
        assertThat(through.headers()).as(path).isEqualTo(direct.headers());
      }
    }
  }

  static String[] webSocket(String protocol) {
    return upgrade(
        "websocket",
        WEB_SOCKET_KEY,
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: " + protocol);
  }

  static String[] upgrade(String protocol, String... more) {
    var headers = new ArrayList<>(List.of("Connection: Upgrade", "Upgrade: " + protocol));
    headers.addAll(List.of(more));
    return headers.toArray(String[]::new);
  }

  final String path(boolean terminal, String... command) {
    var path =
        new StringBuilder(pod())
            .append("/exec?stdin=true&stdout=true&stderr=")
            .append(!terminal)
            .append("&tty=")
            .append(terminal);
    for (String word : command) {
      path.append("&command=").append(URLEncoder.encode(word, StandardCharsets.UTF_8));
    }
    return path.toString();
  }
}
