package io.mooring.benchmarks.fleet;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.Keepalive;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationGrpc;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationResponse;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.mooring.wire.agentregistrar.rpc.RegisterResponse;
import io.mooring.wire.entity.AgentMeta;
import io.mooring.wire.reversetunnel.rpc.ReverseTunnelGrpc;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One agent: a connection, a registration every five minutes, a stream of configurations and two
 * idle tunnels. It comes back by itself when it lost kas. Guarded by its own lock, under which
 * nothing blocks.
 */
final class SimulatedAgent implements AutoCloseable {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration REGISTRATION = Duration.ofMinutes(5);
  private static final int IDLE_TUNNELS = 2;

  /** Enough for every request a benchmark makes of one agent at once. */
  private static final int MAX_TUNNELS = 500;

  /** The end of a stream that calls for another one at once (tunnel.md 2.3). */
  private static final Set<Status.Code> GOOD_ENDS =
      EnumSet.of(Status.Code.OK, Status.Code.CANCELLED, Status.Code.DEADLINE_EXCEEDED);

  /** What an agent says of every call: it may wait, and requests are compressed (wire.md 2). */
  private static final CallOptions OPTIONS =
      CallOptions.DEFAULT.withWaitForReady().withCompression("gzip");

  private final Surroundings around;
  private final Secret token;
  private final AgentMeta meta;
  private final long podId;
  private final ManagedChannel channel;
  private final Backoff tunnelPauses;
  private final Backoff streamPauses;
  private final Backoff registerPauses;
  private String commit = "";
  private int idle;
  private int busy;
  private boolean present;
  private boolean registering;
  private boolean closed;
  private @Nullable Future<?> nextRegistration;
  private volatile long presentSince;

  SimulatedAgent(Surroundings around, long id, Secret token) {
    this.around = around;
    this.token = token;
    this.podId = around.random().nextLong() & Long.MAX_VALUE;
    meta =
        AgentMeta.newBuilder()
            .setVersion("v0.0.0")
            .setCommitId("00000000")
            .setPodNamespace("benchmark")
            .setPodName("agent-" + id)
            .build();
    tunnelPauses = around.retries();
    streamPauses = around.retries();
    registerPauses = around.retries();
    channel =
        NettyChannelBuilder.forAddress(around.kas())
            .eventLoopGroup(around.loops().group())
            .channelType(around.loops().clientChannel())
            .directExecutor()
            .usePlaintext()
            .userAgent("gitlab-agent/v16.5.0/00000000")
            .keepAliveTime(Keepalive.CLIENT.toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(Keepalive.TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveWithoutCalls(true)
            // An agent has its own loops for that, and each copy costs memory ten thousand times.
            .disableRetry()
            .maxTraceEvents(0)
            .build();
  }

  /** Connects. */
  synchronized void start() {
    around.counters().started.increment();
    register();
    configure();
    offerTunnels();
  }

  /** When kas acknowledged it the last time, by {@code System.nanoTime()}; 0 while it is lost. */
  long presentSince() {
    return presentSince;
  }

  // ---- registration ----

  private synchronized void register() {
    if (closed || registering) {
      return;
    }
    registering = true;
    RegisterRequest request =
        RegisterRequest.newBuilder().setAgentMeta(meta).setPodId(podId).build();
    call(
        AgentRegistrarGrpc.getRegisterMethod(),
        request,
        new ClientCall.Listener<RegisterResponse>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            registered(status);
          }
        });
  }

  private synchronized void registered(Status status) {
    registering = false;
    if (closed) {
      return;
    }
    if (status.isOk()) {
      if (!present) {
        present = true;
        presentSince = System.nanoTime();
        around.counters().present.increment();
      }
      registerIn(REGISTRATION);
    } else if (present) {
      lose();
    } else {
      registerIn(registerPauses.next());
    }
  }

  /** kas is gone, or says so; whoever noticed first counts. */
  private void lose() {
    if (present) {
      present = false;
      presentSince = 0;
      around.counters().present.decrement();
      around.counters().lost.increment();
      registerIn(registerPauses.next());
    }
  }

  private void registerIn(Duration pause) {
    if (nextRegistration != null) {
      nextRegistration.cancel(false);
    }
    nextRegistration = later(pause, this::register);
  }

  // ---- configuration ----

  private synchronized void configure() {
    if (closed) {
      return;
    }
    ConfigurationRequest request =
        ConfigurationRequest.newBuilder()
            .setCommitId(commit)
            .setAgentMeta(meta)
            .setSkipRegister(true)
            .build();
    call(
        AgentConfigurationGrpc.getGetConfigurationMethod(),
        request,
        new ClientCall.Listener<ConfigurationResponse>() {
          @Override
          public void onMessage(ConfigurationResponse configuration) {
            configured(configuration.getCommitId());
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            configurationEnded(status);
          }
        });
  }

  private synchronized void configured(String newCommit) {
    if (commit.isEmpty()) {
      around.counters().configured.increment();
    }
    commit = newCommit;
  }

  private synchronized void configurationEnded(Status status) {
    if (closed) {
      return;
    }
    // Also a good end: kas stops, or the connection got old.
    lose();
    var _ = later(status.isOk() ? Duration.ZERO : streamPauses.next(), this::configure);
  }

  // ---- tunnels ----

  private synchronized void offerTunnels() {
    while (!closed && idle < IDLE_TUNNELS && idle + busy < MAX_TUNNELS) {
      idle++;
      around.counters().idleTunnels.increment();
      var call = channel.newCall(ReverseTunnelGrpc.getConnectMethod(), OPTIONS);
      new SimulatedTunnel(this, call).open(headers());
    }
  }

  synchronized void tunnelIsBusy() {
    idle--;
    busy++;
    around.counters().idleTunnels.decrement();
    around.counters().busyTunnels.increment();
    offerTunnels();
  }

  void answered() {
    around.counters().answered.increment();
  }

  synchronized void tunnelEnded(boolean wasBusy, Status status) {
    if (wasBusy) {
      busy--;
      around.counters().busyTunnels.decrement();
    } else {
      idle--;
      around.counters().idleTunnels.decrement();
    }
    if (closed) {
      return;
    }
    if (GOOD_ENDS.contains(status.getCode())) {
      offerTunnels();
    } else {
      lose();
      var _ = later(tunnelPauses.next(), this::offerTunnels);
    }
  }

  // ---- all of them ----

  private <Q, R> void call(
      MethodDescriptor<Q, R> method, Q request, ClientCall.Listener<R> listener) {
    ClientCall<Q, R> call = channel.newCall(method, OPTIONS);
    call.start(listener, headers());
    // Answers are small and few.
    call.request(Integer.MAX_VALUE);
    call.sendMessage(request);
    call.halfClose();
  }

  private Metadata headers() {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token.text());
    return headers;
  }

  private Future<?> later(Duration pause, Runnable action) {
    return around.timer().schedule(action, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Goes away as a process does that is stopped. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (present) {
        present = false;
        presentSince = 0;
        around.counters().present.decrement();
      }
    }
    channel.shutdownNow();
  }

  /** Waits for the end of the connection. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return channel.awaitTermination(millis, TimeUnit.MILLISECONDS);
  }
}
