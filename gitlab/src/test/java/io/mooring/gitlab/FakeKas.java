package io.mooring.gitlab;

import com.google.protobuf.Timestamp;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.mooring.protocol.jwt.JwtRejectedException;
import io.mooring.protocol.jwt.JwtVerifier;
import io.mooring.protocol.secret.Secret;
import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import io.mooring.wire.agenttracker.rpc.AgentTrackerGrpc;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsRequest;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsResponse;
import io.mooring.wire.configurationproject.rpc.AgentConfigFile;
import io.mooring.wire.configurationproject.rpc.ConfigurationProjectGrpc;
import io.mooring.wire.configurationproject.rpc.ListAgentConfigFilesRequest;
import io.mooring.wire.configurationproject.rpc.ListAgentConfigFilesResponse;
import io.mooring.wire.entity.AgentMeta;
import io.mooring.wire.notifications.rpc.GitPushEventRequest;
import io.mooring.wire.notifications.rpc.GitPushEventResponse;
import io.mooring.wire.notifications.rpc.NotificationsGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A kas that writes down what it is told. It checks tokens as kas does (wire.md 3.2). Thread-safe.
 */
public final class FakeKas implements AutoCloseable {
  private final List<GitPushEventRequest> events = new CopyOnWriteArrayList<>();
  private final List<ListAgentConfigFilesRequest> listings = new CopyOnWriteArrayList<>();
  private final Server server;
  private final Map<Long, List<String>> pods = new ConcurrentHashMap<>();
  private volatile Status answer = Status.OK;

  public FakeKas(Secret secret, int port) {
    try {
      server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
              .intercept(new TokenCheck(secret))
              .addService(new Notifications())
              .addService(new Tracker())
              .addService(new Configurations())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens. */
  public URI url() {
    return URI.create("grpc://127.0.0.1:" + server.getPort());
  }

  /** Full paths of the projects it was told of. */
  public List<String> pushes() {
    return events.stream().map(event -> event.getEvent().getProject().getFullPath()).toList();
  }

  public List<GitPushEventRequest> events() {
    return events;
  }

  public List<ListAgentConfigFilesRequest> listings() {
    return listings;
  }

  /** Says from now on that an agent has pods of these versions; one it was not told of has one. */
  public void connect(long agentId, String... versions) {
    pods.put(agentId, List.of(versions));
  }

  /** Answers with this status from now on. */
  public void answerWith(Status status) {
    answer = status;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record TokenCheck(Secret secret) implements ServerInterceptor {
    private static final Metadata.Key<String> KEY =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
      String header = Optional.ofNullable(headers.get(KEY)).orElse("");
      try {
        new JwtVerifier(secret, Optional.of("gitlab-kas"), Optional.empty(), InstantSource.system())
            .verify(header.replaceFirst("^bearer ", ""));
        return next.startCall(call, headers);
      } catch (JwtRejectedException e) {
        call.close(Status.UNAUTHENTICATED.withDescription("JWT validation failed"), new Metadata());
        return new ServerCall.Listener<>() {};
      }
    }
  }

  private final class Notifications extends NotificationsGrpc.NotificationsImplBase {
    @Override
    public void gitPushEvent(
        GitPushEventRequest request, StreamObserver<GitPushEventResponse> observer) {
      if (!answer.isOk()) {
        observer.onError(answer.asRuntimeException());
        return;
      }
      events.add(request);
      observer.onNext(GitPushEventResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }

  private final class Tracker extends AgentTrackerGrpc.AgentTrackerImplBase {
    @Override
    public void getConnectedAgents(
        GetConnectedAgentsRequest request, StreamObserver<GetConnectedAgentsResponse> observer) {
      var response = GetConnectedAgentsResponse.newBuilder();
      for (String version : pods.getOrDefault(request.getAgentId(), List.of("v16.5.0"))) {
        response.addAgents(
            ConnectedAgentInfo.newBuilder()
                .setAgentId(request.getAgentId())
                .setConnectionId(Long.MAX_VALUE)
                .setConnectedAt(
                    Timestamp.newBuilder()
                        .setSeconds(InstantSource.system().instant().getEpochSecond() - 400))
                .setAgentMeta(
                    AgentMeta.newBuilder()
                        .setVersion(version)
                        .setCommitId("5b1c2f0d9e8a")
                        .setPodNamespace("gitlab-agent-production")
                        .setPodName(
                            response.getAgentsCount() == 0
                                ? "pod"
                                : "pod-" + response.getAgentsCount())));
      }
      observer.onNext(response.build());
      observer.onCompleted();
    }
  }

  private final class Configurations extends ConfigurationProjectGrpc.ConfigurationProjectImplBase {
    @Override
    public void listAgentConfigFiles(
        ListAgentConfigFilesRequest request,
        StreamObserver<ListAgentConfigFilesResponse> observer) {
      listings.add(request);
      observer.onNext(
          ListAgentConfigFilesResponse.newBuilder()
              .addConfigFiles(
                  AgentConfigFile.newBuilder()
                      .setName(".gitlab/agents/a/config.yaml")
                      .setAgentName("a"))
              .build());
      observer.onCompleted();
    }
  }
}
