package io.mooring.kas.rpc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.mooring.kas.KasFixture;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.websocket.WebSocketChannels;
import io.mooring.protocol.websocket.WebSocketChannels.Opening;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent listener of a whole kas, with {@code agent.listen.websocket} and without. */
class WebSocketListenerTest {
  @TempDir Path directory;

  @Test
  @Tag("wire-2")
  @Tag("wire-4")
  @Tag("wire-9")
  void takesGrpcAndWebSocketOnOnePort() throws Exception {
    try (KasFixture kas = kas(true);
        var loops = new EventLoops()) {
      int port = ((InetSocketAddress) kas.kas().agentAddress()).getPort();
      var ws = (KasAddress.WebSocket) KasAddress.parse("--kas-address", "ws://127.0.0.1:" + port);
      NettyChannelBuilder throughWebSocket =
          WebSocketChannels.kas(
              ws,
              ClientTls.system(),
              Optional.empty(),
              new Opening("gitlab-agent/v16.5.0/0", List.of(), HttpProxies.none()));

      register(throughWebSocket.eventLoopGroup(loops.java()).build());
      register(NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());

      assertThat(answer(port))
          .contains("HTTP/1.1 426 Upgrade Required", "server: " + BuildInfo.current().kas());
    }
  }

  @Test
  void takesGrpcAloneWhenNothingElseIsAskedFor() throws Exception {
    try (KasFixture kas = kas(false)) {
      int port = ((InetSocketAddress) kas.kas().agentAddress()).getPort();

      assertThat(answer(port)).noneMatch(line -> line.startsWith("HTTP/1.1"));
    }
  }

  private KasFixture kas(boolean websocket) {
    return KasFixture.start(
        directory,
        "{address: '127.0.0.1:0', listen_grace_period: 0.1s, websocket: " + websocket + "}",
        "");
  }

  private static void register(ManagedChannel channel) throws InterruptedException {
    var metadata = new Metadata();
    metadata.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + KasFixture.TOKEN);
    try {
      AgentRegistrarGrpc.newBlockingStub(channel)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .register(RegisterRequest.newBuilder().setPodId(1).build());
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  /** First lines of what a plain HTTP request gets. */
  private static List<String> answer(int port) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      var lines = new ArrayList<String>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        lines.add(line.startsWith("HTTP/") ? line : line.toLowerCase(Locale.ROOT));
      }
      return lines;
    }
  }
}
