package io.mooring.agentk.kas;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.transport.ServerTls;
import io.mooring.protocol.websocket.WebSocketServers;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.mooring.wire.agentregistrar.rpc.RegisterResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A scripted kas that speaks the real wire over a real socket: it plays what a test tells it and
 * remembers what it was asked. The end-to-end tests run the same agent against our own kas.
 */
public final class TestKas implements AutoCloseable {
  /** A carried message of 4 MiB has something around it. */
  private static final int MAX_MESSAGE_BYTES = 5 * 1024 * 1024;

  private final Configurations configurations = new Configurations();
  private final Manifests manifests = new Manifests();
  private final Reports reports = new Reports();
  private final Tunnels tunnels = new Tunnels();
  private final FluxPushes fluxPushes = new FluxPushes();
  private final GitLabModules modules = new GitLabModules();
  private final List<RegisterRequest> registrations = new CopyOnWriteArrayList<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final List<MessageSizes.Sizes> messages = new CopyOnWriteArrayList<>();
  private final List<String> streams = new CopyOnWriteArrayList<>();
  private final Server server;
  private final boolean tls;

  /**
   * One RPC as it arrived.
   *
   * @param method full name
   * @param headers its metadata
   */
  public record Call(String method, Metadata headers) {
    /** First value of a header. */
    public @Nullable String header(String name) {
      return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }
  }

  private TestKas(Optional<ServerTls> tls, boolean withReports, int port) throws IOException {
    this(tls, withReports, NettyServerBuilder.forAddress(loopback(port)));
  }

  private TestKas(Optional<ServerTls> tls, boolean withReports, NettyServerBuilder listener)
      throws IOException {
    this.tls = tls.isPresent();
    var builder =
        listener
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .directExecutor() // no service here blocks, and no pool outlives the test
            .addStreamTracerFactory(new MessageSizes(messages, streams))
            .addService(ServerInterceptors.intercept(configurations, new Recorder()))
            .addService(ServerInterceptors.intercept(manifests, new Recorder()))
            .addService(ServerInterceptors.intercept(tunnels, new Recorder()))
            .addService(ServerInterceptors.intercept(fluxPushes, new Recorder()))
            .addService(ServerInterceptors.intercept(modules, new Recorder()))
            .addService(ServerInterceptors.intercept(new Registrations(), new Recorder()));
    if (withReports) {
      builder.addService(ServerInterceptors.intercept(reports, new Recorder()));
    }
    tls.ifPresent(certificate -> builder.sslContext(certificate.grpc()));
    server = builder.build().start();
  }

  /** In clear text, with all services. */
  public static TestKas start() throws IOException {
    return new TestKas(Optional.empty(), true, 0);
  }

  /** In clear text, with all services, for WebSocket too. */
  public static TestKas startWithWebSocket() throws IOException {
    return new TestKas(
        Optional.empty(),
        true,
        NettyServerBuilder.forAddress(
            loopback(0), WebSocketServers.credentials(Optional.empty(), "gitlab-kas/test")));
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Over TLS, with all services. */
  public static TestKas start(ServerTls tls) throws IOException {
    return new TestKas(Optional.of(tls), true, 0);
  }

  /** As the original: without the service for reports. */
  public static TestKas startOriginal(int port) throws IOException {
    return new TestKas(Optional.empty(), false, port);
  }

  /** In clear text, with all services, at a port that was used before. */
  public static TestKas start(int port) throws IOException {
    return new TestKas(Optional.empty(), true, port);
  }

  public KasAddress address() {
    return new KasAddress.Grpc(new HostPort("localhost", server.getPort()), tls);
  }

  public int port() {
    return server.getPort();
  }

  public Configurations configurations() {
    return configurations;
  }

  public Manifests manifests() {
    return manifests;
  }

  public Reports reports() {
    return reports;
  }

  public Tunnels tunnels() {
    return tunnels;
  }

  public GitLabModules modules() {
    return modules;
  }

  public FluxPushes fluxPushes() {
    return fluxPushes;
  }

  public List<RegisterRequest> registrations() {
    return registrations;
  }

  /** Sizes of all messages that arrived. */
  public List<MessageSizes.Sizes> messages() {
    return messages;
  }

  /** Methods of all calls that arrived, unknown ones too. */
  public List<String> streams() {
    return streams;
  }

  public List<Call> calls() {
    return calls;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the test's kas did not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Recorder implements ServerInterceptor {
    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
      calls.add(new Call(call.getMethodDescriptor().getFullMethodName(), headers));
      return next.startCall(call, headers);
    }
  }

  private final class Registrations extends AgentRegistrarGrpc.AgentRegistrarImplBase {
    @Override
    public void register(RegisterRequest request, StreamObserver<RegisterResponse> answer) {
      registrations.add(request);
      answer.onNext(RegisterResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
