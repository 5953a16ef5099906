package io.mooring.protocol.websocket;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.mooring.protocol.transport.GrpcServers;
import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.ListenAddress;
import io.mooring.protocol.transport.ServerTls;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** An echo server on a free port that takes gRPC and WebSocket. */
final class EchoServer implements AutoCloseable {
  static final String SERVER_HEADER = "gitlab-kas/v16.5.0/0123abcd";

  // gRPC tells of every connection that a test breaks; the reference keeps the level.
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  static {
    GRPC.setLevel(Level.SEVERE);
  }

  /** What the server saw of a call. */
  record Seen(@Nullable String authority, Metadata metadata, boolean tls) {}

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
  private final Server server;
  private final CountedBuffers buffers;

  private EchoServer(Optional<ServerTls> tls, CountedBuffers buffers) throws IOException {
    this.buffers = buffers;
    server =
        GrpcServers.builder(
                ListenAddress.tcp("127.0.0.1:0"), WebSocketServers.credentials(tls, SERVER_HEADER))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .withChildOption(ChannelOption.ALLOCATOR, buffers.allocator())
            .maxInboundMessageSize(8 * 1024 * 1024)
            .addService(new Echo())
            .intercept(new Watch())
            .build()
            .start();
  }

  static EchoServer cleartext(CountedBuffers buffers) throws IOException {
    return new EchoServer(Optional.empty(), buffers);
  }

  static EchoServer tls(ServerTls tls, CountedBuffers buffers) throws IOException {
    return new EchoServer(Optional.of(tls), buffers);
  }

  int port() {
    return ((InetSocketAddress) server.getListenSockets().getFirst()).getPort();
  }

  HostPort endpoint() {
    return new HostPort("127.0.0.1", port());
  }

  /** The next call that arrived. */
  Seen seen() throws InterruptedException {
    Seen call = seen.poll(10, SECONDS);
    if (call == null) {
      throw new AssertionError("no call arrived");
    }
    return call;
  }

  /** Stops politely; connections go away. */
  void stop() {
    server.shutdown();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      if (!server.awaitTermination(10, SECONDS)) {
        throw new AssertionError("the server did not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loops.shutdownGracefully(0, 5, SECONDS).awaitUninterruptibly(5, SECONDS);
    buffers.verifyAllReleased();
  }

  private final class Watch implements ServerInterceptor {
    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
      seen.add(
          new Seen(
              call.getAuthority(),
              headers,
              call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION) != null));
      return next.startCall(call, headers);
    }
  }
}
