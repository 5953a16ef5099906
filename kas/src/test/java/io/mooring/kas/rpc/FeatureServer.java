package io.mooring.kas.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.mooring.kas.identity.AgentToken;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.validation.ValidatingClientInterceptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Features behind a plain gRPC server on loopback, called by an agent whose token nobody checks.
 */
public final class FeatureServer implements AutoCloseable {
  private final Server server;
  private final ManagedChannel channel;
  private final List<ManagedChannel> others = new CopyOnWriteArrayList<>();
  private final TestAge age = new TestAge();

  /** Starts both ends. */
  public FeatureServer(Feature... features) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .callExecutor(new Placement(List.of(features)))
            .intercept(new Identity());
    for (Feature feature : features) {
      feature.agentServices().forEach(builder::addService);
      feature.apiServices().forEach(builder::addService);
    }
    server = builder.build().start();
    channel = way().build();
  }

  private NettyChannelBuilder way() {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
        .usePlaintext()
        .intercept(new ValidatingClientInterceptor());
  }

  /** The way in, which refuses answers a Go agent would refuse. */
  public ManagedChannel channel() {
    return channel;
  }

  /** Another way in, for a program that calls itself this. */
  public ManagedChannel channel(String userAgent) {
    ManagedChannel other = way().userAgent(userAgent).build();
    others.add(other);
    return other;
  }

  /** What the age of every connection does at its end. */
  public void expire() {
    age.expire();
  }

  /** What the beginning of a shutdown does. */
  public void shutDown() {
    age.shutDown();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    others.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
    try {
      channel.awaitTermination(10, TimeUnit.SECONDS);
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** On the event loop what never blocks, on virtual threads what may; as the real server does. */
  private static final class Placement implements ServerCallExecutorSupplier {
    private final Executor blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Feature> features;

    Placement(List<Feature> features) {
      this.features = features;
    }

    @Override
    public <Q, S> @Nullable Executor getExecutor(ServerCall<Q, S> call, Metadata headers) {
      String method = call.getMethodDescriptor().getFullMethodName();
      boolean neverBlocks =
          features.stream().anyMatch(feature -> feature.eventLoopMethods().contains(method));
      return neverBlocks ? null : blocking;
    }
  }

  private final class Identity implements ServerInterceptor {
    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
      Context context = new AgentToken(Secret.of("glagent-test")).within(Context.current());
      return Contexts.interceptCall(context.withValue(AgeContext.KEY, age), call, headers, next);
    }
  }

  private static final class TestAge implements AgeContext {
    private final List<Runnable> actions = new CopyOnWriteArrayList<>();
    private final List<Runnable> endings = new CopyOnWriteArrayList<>();
    private volatile boolean expired;

    void shutDown() {
      expire();
      endings.forEach(Runnable::run);
    }

    void expire() {
      expired = true;
      actions.forEach(Runnable::run);
    }

    @Override
    public boolean expired() {
      return expired;
    }

    @Override
    public Registration onExpire(Runnable action) {
      actions.add(action);
      return () -> actions.remove(action);
    }

    @Override
    public Registration onShutdown(Runnable action) {
      endings.add(action);
      return () -> endings.remove(action);
    }
  }
}
