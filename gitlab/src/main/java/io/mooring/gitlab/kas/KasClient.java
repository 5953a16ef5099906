package io.mooring.gitlab.kas;

import com.google.protobuf.util.Timestamps;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.AbstractStub;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.jwt.JwtSigner;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.GrpcChannels;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import io.mooring.wire.agenttracker.rpc.AgentTrackerGrpc;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsRequest;
import io.mooring.wire.configurationproject.rpc.AgentConfigFile;
import io.mooring.wire.configurationproject.rpc.ConfigurationProjectGrpc;
import io.mooring.wire.configurationproject.rpc.ListAgentConfigFilesRequest;
import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;
import io.mooring.wire.event.GitPushEvent;
import io.mooring.wire.event.Project;
import io.mooring.wire.notifications.rpc.GitPushEventRequest;
import io.mooring.wire.notifications.rpc.NotificationsGrpc;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** kas, as GitLab calls it: over gRPC, with a token signed for every call. Thread-safe. */
public final class KasClient implements AutoCloseable {
  /** GitLab's default {@code client_timeout_seconds}. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final JwtSigner signer;
  private final ClientInterceptor metrics;
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          1, Thread.ofPlatform().daemon().name("kas-client").factory(), NioIoHandler.newFactory());
  private volatile @Nullable ManagedChannel channel;

  /** A client without an address yet, which proves itself with these tokens. */
  public KasClient(JwtSigner signer, ClientInterceptor metrics) {
    this.signer = signer;
    this.metrics = metrics;
  }

  /** Calls kas at this {@code grpc://} or {@code grpcs://} address from now on. */
  public synchronized void connect(URI internalUrl) {
    if (!(KasAddress.parse("kas.internal_url", internalUrl.toString())
        instanceof KasAddress.Grpc address)) {
      throw new IllegalArgumentException(internalUrl + " (expected: grpc:// or grpcs://)");
    }
    ManagedChannel before = channel;
    channel =
        GrpcChannels.kas(address, ClientTls.system(), Optional.empty(), HttpProxies.none())
            .eventLoopGroup(loops)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .intercept(new Authorization(signer), metrics)
            .userAgent("mooring-gitlab/" + BuildInfo.current().version())
            .build();
    if (before != null) {
      before.shutdown();
    }
  }

  /** Whether kas is configured at all. */
  public boolean isEnabled() {
    return channel != null;
  }

  /** An agent that is connected to some kas. */
  public record Connection(
      long agentId,
      String connectionId,
      Instant connectedAt,
      String version,
      String commit,
      String podNamespace,
      String podName) {}

  /** A configuration file in a repository. */
  public record ConfigurationFile(String path, String agentName) {}

  /** Tells kas that a project changed. */
  public void gitPushEvent(long projectId, String fullPath) {
    var project = Project.newBuilder().setId(projectId).setFullPath(fullPath);
    var _ =
        limited(NotificationsGrpc.newBlockingStub(channel()))
            .gitPushEvent(
                GitPushEventRequest.newBuilder()
                    .setEvent(GitPushEvent.newBuilder().setProject(project))
                    .build());
  }

  /** The pods of an agent that are connected now. */
  public List<Connection> connections(long agentId) {
    return limited(AgentTrackerGrpc.newBlockingStub(channel()))
        .getConnectedAgents(GetConnectedAgentsRequest.newBuilder().setAgentId(agentId).build())
        .getAgentsList()
        .stream()
        .map(KasClient::connection)
        .toList();
  }

  /**
   * The configuration files in a repository, whether agents of their names are registered or not.
   */
  public List<ConfigurationFile> configurationFiles(
      GitalyInfo gitaly, GitalyRepository repository, String defaultBranch) {
    return limited(ConfigurationProjectGrpc.newBlockingStub(channel()))
        .listAgentConfigFiles(
            ListAgentConfigFilesRequest.newBuilder()
                .setGitalyInfo(gitaly)
                .setRepository(repository)
                .setDefaultBranch(defaultBranch)
                .build())
        .getConfigFilesList()
        .stream()
        .map((AgentConfigFile file) -> new ConfigurationFile(file.getName(), file.getAgentName()))
        .toList();
  }

  private static Connection connection(ConnectedAgentInfo info) {
    var meta = info.getAgentMeta();
    return new Connection(
        info.getAgentId(),
        Long.toString(info.getConnectionId()), // More digits than a number of JavaScript holds.
        Instant.ofEpochMilli(Timestamps.toMillis(info.getConnectedAt())),
        meta.getVersion(),
        meta.getCommitId(),
        meta.getPodNamespace(),
        meta.getPodName());
  }

  private ManagedChannel channel() {
    return Optional.ofNullable(channel)
        .orElseThrow(
            () -> new IllegalStateException("kas is not configured (expected: kas.internal_url)"));
  }

  private static <S extends AbstractStub<S>> S limited(S stub) {
    return stub.withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void close() {
    ManagedChannel running = channel;
    if (running != null) {
      running.shutdownNow();
    }
    loops.shutdownGracefully(0, TIMEOUT.toSeconds(), TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private record Authorization(JwtSigner signer) implements ClientInterceptor {
    private static final Metadata.Key<String> KEY =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(
        MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<S> listener, Metadata headers) {
          headers.put(KEY, "bearer " + signer.token());
          super.start(listener, headers);
        }
      };
    }
  }
}
