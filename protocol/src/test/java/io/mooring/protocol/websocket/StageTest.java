package io.mooring.protocol.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.HttpProxy;
import io.mooring.protocol.transport.KasAddress;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every stage has its time limit. */
class StageTest {
  private static final ChannelHandler NOBODY = new ChannelInboundHandlerAdapter();

  private @Nullable Throwable failure;

  /** Stands where gRPC's own handler would. */
  private final class End extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failure = cause;
    }
  }

  private EmbeddedChannel start(Stage stage) {
    var channel = new EmbeddedChannel(stage, new End());
    channel.freezeTime();
    channel.pipeline().fireUserEventTriggered(InternalProtocolNegotiationEvent.getDefault());
    return channel;
  }

  private static void pass(EmbeddedChannel channel, long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  private static WebSocketTarget target(String address) {
    var kas = (KasAddress.WebSocket) KasAddress.parse("--kas-address", address);
    return new WebSocketTarget(
        kas,
        ClientTls.system().http(),
        kas.endpoint().host(),
        Optional.empty(),
        "agent",
        List.of(),
        new Random(1));
  }

  @Test
  void aServerWaitsTenSecondsForTheFirstBytes() {
    EmbeddedChannel channel = start(new ProtocolSniffer(NOBODY, NOBODY));
    channel.writeInbound(Unpooled.copiedBuffer("PRI * HTT", StandardCharsets.US_ASCII));

    pass(channel, 9_999);
    assertThat(channel.isActive()).isTrue();

    pass(channel, 1);
    assertThat(channel.isActive()).isFalse();
    channel.finishAndReleaseAll();
  }

  @Test
  void aServerWaitsTenSecondsForTheWholeRequest() {
    EmbeddedChannel channel = start(new ServerUpgrade("kas", NOBODY));
    for (int i = 0; i < 9; i++) {
      channel.writeInbound(Unpooled.copiedBuffer("GET / HTT", i, 1, StandardCharsets.US_ASCII));
      pass(channel, 1_000);
    }
    assertThat(channel.isActive()).isTrue();

    pass(channel, 1_000);

    assertThat(channel.isActive()).isFalse();
    channel.finishAndReleaseAll();
  }

  @Test
  void aClientWaitsTwentySecondsForTheAnswer() {
    EmbeddedChannel channel = start(new ClientUpgrade(target("ws://kas.example.com/x"), NOBODY));
    channel.writeInbound(Unpooled.copiedBuffer("HTTP/1.1 1", StandardCharsets.US_ASCII));

    pass(channel, 19_999);
    assertThat(failure).isNull();
    pass(channel, 1);

    assertThat(Status.fromThrowable(failure).getDescription())
        .isEqualTo("ws://kas.example.com/x: no answer to the WebSocket handshake within 20 s");
    channel.finishAndReleaseAll();
  }

  @Test
  void aClientWaitsTwentySecondsForTheProxyAndForTls() {
    HttpProxy proxy = HttpProxy.parse("HTTP_PROXY", "proxy:3128");
    EmbeddedChannel channel = start(new ProxyTunnel(target("ws://kas.example.com"), proxy, NOBODY));
    pass(channel, 20_000);
    assertThat(failure).hasMessageContaining("proxy proxy:3128 did not answer CONNECT within 20 s");
    channel.finishAndReleaseAll();

    WebSocketTarget wss = target("wss://kas.example.com");
    channel =
        start(new ClientTlsStage(wss, ClientTlsStage.Whom.KAS, wss.address().endpoint(), NOBODY));
    pass(channel, 20_000);
    assertThat(failure).hasMessageContaining("TLS with kas.example.com");
    channel.finishAndReleaseAll();
  }

  @Test
  void aStageThatIsDoneHasNoLimitLeft() {
    EmbeddedChannel channel = start(new ProtocolSniffer(NOBODY, NOBODY));
    channel.writeInbound(Unpooled.copiedBuffer("GET / HTT", StandardCharsets.US_ASCII));

    pass(channel, 60_000);

    assertThat(channel.isActive()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void whatOurOwnSideGivesUpIsNoFailure() {
    EmbeddedChannel channel = start(new ClientUpgrade(target("ws://kas.example.com"), NOBODY));

    var _ = channel.close();

    assertThat(failure).isNull();
    channel.finishAndReleaseAll();
  }
}
