package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.mooring.kas.routing.RoutedAgent;
import io.mooring.kas.tunnel.AgentStream;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.wire.kas.GatewayKasResponse;
import io.mooring.wire.kas.GatewayKasResponse.MsgCase;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The private API, message by message, as another replica sees it. */
class GatewayTest {
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");
  private static final int LIMIT_SECONDS = 20;

  private KasFixture kas;

  @BeforeEach
  void start(@TempDir Path directory) {
    kas = KasFixture.start(directory);
  }

  @AfterEach
  void stop() {
    kas.close();
  }

  @Test
  @Tag("wire-50")
  @Tag("wire-51")
  void saysOnceThatThereIsNoTunnelAndThenThatThereIs() throws Exception {
    Peer peer = peer(headers());
    assertThat(peer.next().getMsgCase()).isEqualTo(MsgCase.NO_TUNNEL);

    AgentStream agent = AgentStream.open(kas.agent());

    assertThat(peer.next().getMsgCase()).isEqualTo(MsgCase.TUNNEL_READY);
    assertThat(agent.waiting()).as("before StartStreaming").isZero();
    peer.send(ByteString.EMPTY).send(HELLO).halfClose();
    agent.next();
    assertThat(agent.next().getMessage().getData()).isEqualTo(HELLO);
    agent.header(Map.of()).message(HELLO).trailer(Map.of()).error(7, "no").halfClose();
    assertThat(peer.next().getMsgCase()).isEqualTo(MsgCase.HEADER);
    assertThat(peer.next().getMessage().getData()).isEqualTo(HELLO);
    assertThat(peer.next().getMsgCase()).isEqualTo(MsgCase.TRAILER);
    assertThat(peer.next().getError().getStatus().getCode()).isEqualTo(7);
    assertThat(peer.end()).as("the status travels in the message").isEqualTo(Status.OK);
  }

  @Test
  @Tag("wire-47")
  @Tag("wire-51")
  @Tag("wire-52")
  void givesTheTunnelBackWhenNobodyIsInterested() throws Exception {
    AgentStream agent = AgentStream.open(kas.agent());
    Peer first = readyPeer();
    first.halfClose();
    assertThat(first.end()).isEqualTo(Status.OK);

    Peer second = readyPeer();
    second.cancel();

    Peer third = readyPeer();
    third.send(ByteString.EMPTY);
    agent.next();
    agent.answer(HELLO);
    assertThat(third.next().getMsgCase()).isEqualTo(MsgCase.HEADER);
    assertThat(third.next().getMessage().getData()).isEqualTo(HELLO);
    assertThat(third.next().getMsgCase()).isEqualTo(MsgCase.TRAILER);
    assertThat(third.end()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("wire-44")
  void putsHeaderAndTrailerBeforeAnErrorThatCameAlone() throws Exception {
    AgentStream agent = AgentStream.open(kas.agent());
    Peer peer = readyPeer();
    peer.send(ByteString.EMPTY);
    agent.next();

    agent.error(5, "nothing there").halfClose();

    assertThat(peer.next().getMsgCase()).isEqualTo(MsgCase.HEADER);
    assertThat(peer.next().getMsgCase()).isEqualTo(MsgCase.TRAILER);
    assertThat(peer.next().getError().getStatus().getMessage()).isEqualTo("nothing there");
    assertThat(peer.end()).isEqualTo(Status.OK);
  }

  @Test
  void refusesAFirstMessageThatIsNotStartStreaming() throws Exception {
    AgentStream.open(kas.agent());
    Peer peer = readyPeer();

    peer.send(ByteString.copyFrom(new byte[] {-1, -1, -1}));

    assertThat(peer.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  @Tag("wire-55")
  void refusesWhoIsNoReplica() throws Exception {
    Peer peer = new Peer(kas.privateApi("nonsense"), headers());

    assertThat(peer.end().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  @Tag("wire-55")
  void wantsExactlyOneAgent() throws Exception {
    Metadata two = headers();
    two.put(RoutedAgent.ID, "6");

    assertThat(peer(two).end().getDescription())
        .isEqualTo("Expecting a single kas-hop-routing-agent-id, got 2");
    assertThat(peer(new Metadata()).end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  private Peer readyPeer() throws Exception {
    Peer peer = peer(headers());
    GatewayKasResponse first = peer.next();
    GatewayKasResponse ready = first.hasNoTunnel() ? peer.next() : first;
    assertThat(ready.getMsgCase()).isEqualTo(MsgCase.TUNNEL_READY);
    return peer;
  }

  private Peer peer(Metadata headers) {
    String jwt = JwtSigner.kasToKas(KasFixture.secret(3), InstantSource.system()).token();
    return new Peer(kas.privateApi(jwt), headers);
  }

  private static Metadata headers() {
    Metadata headers = new Metadata();
    RoutedAgent.set(headers, 5);
    return headers;
  }

  /** A replica that asks for a tunnel. */
  private static final class Peer {
    private static final MethodDescriptor<ByteString, GatewayKasResponse> METHOD =
        MethodDescriptor.<ByteString, GatewayKasResponse>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(AgentStream.METHOD)
            .setRequestMarshaller(RawMessages.MARSHALLER)
            .setResponseMarshaller(ProtoUtils.marshaller(GatewayKasResponse.getDefaultInstance()))
            .build();

    private final ClientCall<ByteString, GatewayKasResponse> call;
    private final BlockingQueue<GatewayKasResponse> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    Peer(Channel channel, Metadata headers) {
      call = channel.newCall(METHOD, CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(GatewayKasResponse message) {
              received.add(message);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              end.complete(status);
            }
          },
          headers);
      call.request(Integer.MAX_VALUE);
    }

    Peer send(ByteString message) {
      call.sendMessage(message);
      return this;
    }

    void halfClose() {
      call.halfClose();
    }

    void cancel() {
      call.cancel("not interested", null);
    }

    GatewayKasResponse next() throws InterruptedException, TimeoutException {
      GatewayKasResponse message = received.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new TimeoutException("kas sent nothing");
      }
      return message;
    }

    Status end() throws Exception {
      return end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }
}
