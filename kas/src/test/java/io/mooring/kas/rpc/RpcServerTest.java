package io.mooring.kas.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.mooring.kas.config.Listener;
import io.mooring.testkit.certificates.CertificateAuthority;
import io.mooring.testkit.certificates.CertificateAuthority.Identity;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RpcServerTest {
  private static final Duration HOURS = Duration.ofHours(2);
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  @TempDir Path directory;
  private final EventLoops loops = new EventLoops();
  private final Waiter waiter = new Waiter();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<RpcServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    servers.forEach(RpcServer::close);
    loops.close();
  }

  @Test
  @Tag("wire-12")
  void sendsClientsAwayAndEndsIdleStreamsWithOkByTheAgeOfTheirConnection() throws Exception {
    Duration age = Duration.ofSeconds(5);
    RpcServer server = start(age, AT_ONCE);
    ManagedChannel channel = channel(server);
    long before = System.nanoTime();
    try (Http2Probe probe = new Http2Probe((InetSocketAddress) server.address())) {
      Iterator<StringValue> poll = call(channel, Waiter.POLL);
      Iterator<StringValue> work = call(channel, Waiter.WORK);
      assertThat(poll.next().getValue()).isEqualTo("started");
      assertThat(work.next().getValue()).isEqualTo("started");

      assertThat(probe.await(Http2Probe.GO_AWAY, Duration.ofSeconds(3))).isPresent();
      assertThat(since(before)).as("GOAWAY").isBetween(0.18 * 5, 0.22 * 5 + 0.3);

      assertThat(poll.hasNext()).as("ended with OK").isFalse();
      assertThat(since(before)).as("end of the idle stream").isBetween(0.30 * 5, 0.315 * 5 + 0.5);

      waiter.letGo.countDown();
      assertThat(work.next().getValue()).as("work goes on").isEqualTo("finished");
    }
  }

  @Test
  @Tag("wire-12")
  void cutsWhatStillRunsAtTheEndOfTheGrace() {
    RpcServer server = start(Duration.ofSeconds(5), AT_ONCE);
    long before = System.nanoTime();
    Iterator<StringValue> work = call(channel(server), Waiter.WORK);
    assertThat(work.next().getValue()).isEqualTo("started");

    assertThatThrownBy(work::hasNext)
        .isInstanceOf(StatusRuntimeException.class)
        .satisfies(
            e -> assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    // Not sooner is the rule; later is what a busy machine does to a timer.
    assertThat(since(before)).isBetween(0.8 * 5, 0.90 * 5 + 5);
  }

  @Test
  @Tag("wire-11")
  void sendsAwayAClientThatPingsTooOften() throws Exception {
    RpcServer server = start(HOURS, AT_ONCE);
    try (Http2Probe probe = new Http2Probe((InetSocketAddress) server.address())) {
      for (int i = 0; i < 4; i++) {
        probe.ping();
      }

      Http2Probe.Frame goAway =
          probe.await(Http2Probe.GO_AWAY, Duration.ofSeconds(5)).orElseThrow();

      assertThat(goAway.errorCode()).as("ENHANCE_YOUR_CALM").isEqualTo(0xb);
      assertThat(goAway.debugData()).isEqualTo("too_many_pings");
    }
  }

  @Test
  @Tag("wire-11")
  void answersAPingOfAnIdleConnection() throws Exception {
    RpcServer server = start(HOURS, AT_ONCE);
    try (Http2Probe probe = new Http2Probe((InetSocketAddress) server.address())) {
      probe.ping();

      assertThat(probe.await(Http2Probe.PING, Duration.ofSeconds(30)))
          .hasValueSatisfying(pong -> assertThat(pong.flags()).isEqualTo(1));
      assertThat(probe.await(Http2Probe.GO_AWAY, Duration.ofMillis(200))).isEmpty();
    }
  }

  @Test
  @Tag("wire-13")
  @Tag("fault-62")
  void stopsGracefully() throws Exception {
    RpcServer server = start(HOURS, Duration.ofMillis(700));
    ManagedChannel channel = channel(server);
    Iterator<StringValue> poll = call(channel, Waiter.POLL);
    Iterator<StringValue> work = call(channel, Waiter.WORK);
    assertThat(poll.next().getValue()).isEqualTo("started");
    assertThat(work.next().getValue()).isEqualTo("started");
    CountDownLatch stopped = new CountDownLatch(1);
    long before = System.nanoTime();
    Thread stopper =
        Thread.ofVirtual()
            .start(() -> {
              try {
                server.stop();
                stopped.countDown();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });

    Iterator<StringValue> late = call(channel(server), Waiter.POLL);
    assertThat(late.next().getValue()).as("still listening").isEqualTo("started");
    assertThat(poll.hasNext()).as("idle streams end with OK").isFalse();
    assertThat(late.hasNext()).isFalse();
    assertThat(since(before)).as("after the grace period").isGreaterThanOrEqualTo(0.7);
    assertThat(stopped.getCount()).as("work is waited for").isEqualTo(1);
    waiter.letGo.countDown();
    assertThat(work.next().getValue()).isEqualTo("finished");
    assertThat(work.hasNext()).isFalse();
    assertThat(stopper.join(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void tellsAHandlerThatItsClientLeft() throws Exception {
    RpcServer server = start(HOURS, AT_ONCE);
    ManagedChannel channel = channel(server);
    assertThat(call(channel, Waiter.POLL).next().getValue()).isEqualTo("started");

    channel.shutdownNow();

    assertThat(waiter.cancelled.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void echoesABidirectionalStreamInOrder() throws Exception {
    RpcServer server = start(HOURS, AT_ONCE);
    BlockingClientCall<StringValue, StringValue> call =
        ClientCalls.blockingBidiStreamingCall(channel(server), Waiter.ECHO, CallOptions.DEFAULT);

    for (int i = 0; i < 1000; i++) {
      call.write(StringValue.of("message " + i));
      assertThat(call.read().getValue()).isEqualTo("message " + i);
    }
    call.halfClose();

    assertThat(call.read()).isNull();
  }

  @Test
  @Tag("wire-1")
  void servesTlsWithAlpn() {
    CertificateAuthority authority = CertificateAuthority.create(directory, "test");
    Identity identity = authority.server("kas", "kas", "DNS:localhost", "IP:127.0.0.1");
    RpcServer server =
        start(
            new Listener(
                "agent.listen",
                "tcp4",
                "localhost:0",
                Optional.of(identity.certificate()),
                Optional.of(identity.key())),
            HOURS,
            AT_ONCE);
    InetSocketAddress address = (InetSocketAddress) server.address();
    try {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("localhost", address.getPort())
              .sslContext(
                  GrpcSslContexts.forClient()
                      .trustManager(authority.certificate().toFile())
                      .build())
              .build();
      channels.add(channel);

      assertThat(call(channel, Waiter.POLL).next().getValue()).isEqualTo("started");
    } catch (javax.net.ssl.SSLException e) {
      throw new AssertionError("cannot set up the client", e);
    }
  }

  @Test
  @Tag("wire-1")
  void servesClearText() {
    assertThat(call(channel(start(HOURS, AT_ONCE)), Waiter.POLL).next().getValue())
        .isEqualTo("started");
  }

  @ParameterizedTest
  @Tag("wire-9")
  @ValueSource(strings = {"wss:%2F%2Fkas.example.com", "wss://kas.example.com", "kas:8150"})
  void takesAnyAuthority(String authority) {
    ManagedChannel channel = channel(start(HOURS, AT_ONCE));

    Iterator<StringValue> poll =
        ClientCalls.blockingServerStreamingCall(
            channel,
            Waiter.POLL,
            CallOptions.DEFAULT.withAuthority(authority),
            StringValue.getDefaultInstance());

    assertThat(poll.next().getValue()).isEqualTo("started");
  }

  @Test
  void servesASocketFile() {
    Path socket = directory.resolve("kas.sock");
    RpcServer server =
        start(
            new Listener(
                "agent.listen", "unix", socket.toString(), Optional.empty(), Optional.empty()),
            HOURS,
            AT_ONCE);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .eventLoopGroup(loops.java())
            .channelType(
                io.netty.channel.socket.nio.NioDomainSocketChannel.class,
                UnixDomainSocketAddress.class)
            .overrideAuthority("localhost")
            .usePlaintext()
            .build();
    channels.add(channel);

    assertThat(server.address().toString()).contains("kas.sock");
    assertThat(call(channel, Waiter.POLL).next().getValue()).isEqualTo("started");
  }

  @Test
  @Tag("wire-14")
  void holdsFiveHundredStreamsOnOneConnection() {
    RpcServer server = start(HOURS, AT_ONCE);
    ManagedChannel channel = channel(server);
    List<Iterator<StringValue>> streams = new ArrayList<>();

    for (int i = 0; i < 500; i++) {
      streams.add(call(channel, Waiter.POLL));
    }

    await().untilAsserted(() -> assertThat(streams).allMatch(Iterator::hasNext));
  }

  @Test
  void callsWhatNeverBlocksOnTheEventLoopAndAllElseOnAThreadOfItsOwn() {
    RpcServer server = start(HOURS, AT_ONCE);
    ManagedChannel channel = channel(server);

    assertThat(call(channel, Waiter.NON_BLOCKING).next().getValue()).matches("kas-(epoll|nio)-.*");
    assertThat(call(channel, Waiter.BLOCKING).next().getValue()).startsWith("test-");
  }

  private RpcServer start(Duration age, Duration grace) {
    return start(
        new Listener("agent.listen", "tcp", "127.0.0.1:0", Optional.empty(), Optional.empty()),
        age,
        grace);
  }

  private RpcServer start(Listener listener, Duration age, Duration grace) {
    RpcServer server =
        RpcServer.start(
            new RpcServer.Plan(
                "test",
                listener,
                age,
                grace,
                List.of(),
                List.of(waiter.service()),
                Optional.empty(),
                false,
                Set.of(Waiter.NON_BLOCKING.getFullMethodName())),
            loops,
            new Random(1));
    servers.add(server);
    return server;
  }

  private ManagedChannel channel(RpcServer server) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  private static Iterator<StringValue> call(
      ManagedChannel channel, MethodDescriptor<StringValue, StringValue> method) {
    return ClientCalls.blockingServerStreamingCall(
        channel, method, CallOptions.DEFAULT, StringValue.getDefaultInstance());
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
