package io.mooring.kas.original;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mooring.wire.prototool.Values;
import io.mooring.wire.reversetunnel.info.AgentDescriptor;
import io.mooring.wire.reversetunnel.info.Method;
import io.mooring.wire.reversetunnel.info.Service;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.Descriptor;
import io.mooring.wire.reversetunnel.rpc.Header;
import io.mooring.wire.reversetunnel.rpc.Message;
import io.mooring.wire.reversetunnel.rpc.ReverseTunnelGrpc;
import io.mooring.wire.reversetunnel.rpc.Trailer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the tunnels of a Go agentk (tunnel.md 2): the same pool with the same numbers, the
 * same order of messages, gzip, "wait for ready". Its in-process server sends back each message. It
 * cannot show what Go's gRPC library itself does with HTTP/2. Any thread; one lock.
 */
final class OriginalAgent implements AutoCloseable {
  static final int MINIMUM_IDLE = 2;
  static final int MAXIMUM = 500;
  static final int STEP = 10;

  /** After which an idle tunnel above the minimum is given up when kas ends it. */
  static final Duration MAXIMUM_IDLE_TIME = Duration.ofMinutes(1);

  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Set<Status.Code> AT_ONCE =
      Set.of(Status.Code.OK, Status.Code.CANCELLED, Status.Code.DEADLINE_EXCEEDED);

  private final Channel channel;
  private final Duration maximumIdleTime;
  private final List<Worker> workers = new ArrayList<>();
  private int idle;
  private int active;
  private int most;
  private boolean closed;
  private @Nullable CompletableFuture<@Nullable Void> hold;

  private OriginalAgent(Channel channel, Duration maximumIdleTime) {
    this.channel = channel;
    this.maximumIdleTime = maximumIdleTime;
  }

  /**
   * Starts with two workers.
   *
   * @param maximumIdleTime instead of a minute, so that a test need not wait for it
   */
  static OriginalAgent start(Channel channel, Duration maximumIdleTime) {
    var agent = new OriginalAgent(channel, maximumIdleTime);
    agent.add(MINIMUM_IDLE);
    return agent;
  }

  synchronized int idle() {
    return idle;
  }

  synchronized int active() {
    return active;
  }

  /** The most tunnels there ever were at once. */
  synchronized int most() {
    return most;
  }

  /** Answers nothing from now on. */
  synchronized void hold() {
    hold = new CompletableFuture<>();
  }

  /** Answers what was held, and everything else. */
  void release() {
    CompletableFuture<@Nullable Void> held;
    synchronized (this) {
      held = hold;
      hold = null;
    }
    if (held != null) {
      held.complete(null);
    }
  }

  private void add(int count) {
    var added = new ArrayList<Worker>();
    synchronized (this) {
      for (int i = 0; i < count; i++) {
        added.add(new Worker());
      }
      workers.addAll(added);
      idle += count;
      most = Math.max(most, idle + active);
    }
    added.forEach(Worker::attempt);
  }

  @Override
  public void close() {
    List<Worker> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(workers);
    }
    all.forEach(Worker::cancel);
  }

  /** Makes one attempt after the other. */
  private final class Worker {
    private long lastActive;
    private boolean everActive;
    private boolean isActive;
    private volatile @Nullable ClientCall<ConnectRequest, ConnectResponse> call;

    void attempt() {
      synchronized (OriginalAgent.this) {
        if (closed) {
          return;
        }
      }
      ClientCall<ConnectRequest, ConnectResponse> opened =
          channel.newCall(
              ReverseTunnelGrpc.getConnectMethod(),
              CallOptions.DEFAULT.withCompression("gzip").withWaitForReady());
      call = opened;
      opened.start(new Attempt(opened), new Metadata());
      opened.request(Integer.MAX_VALUE);
      opened.sendMessage(
          ConnectRequest.newBuilder()
              .setDescriptorMessage(
                  Descriptor.newBuilder()
                      .setAgentDescriptor(
                          AgentDescriptor.newBuilder()
                              .addServices(
                                  Service.newBuilder()
                                      .setName("gitlab.agent.kubernetes_api.rpc.KubernetesApi")
                                      .addMethods(Method.newBuilder().setName("MakeRequest")))))
              .build());
    }

    void cancel() {
      ClientCall<ConnectRequest, ConnectResponse> open = call;
      if (open != null) {
        open.cancel("shutdown", null);
      }
    }

    private void becameActive() {
      int more = 0;
      synchronized (OriginalAgent.this) {
        isActive = true;
        idle--;
        active++;
        if (idle < MINIMUM_IDLE) {
          more = Math.min(STEP, MAXIMUM - (idle + active));
        }
      }
      add(more);
    }

    private void ended(Status status) {
      synchronized (OriginalAgent.this) {
        if (isActive) {
          isActive = false;
          everActive = true;
          lastActive = System.nanoTime();
          active--;
          idle++;
        } else if (idle > MINIMUM_IDLE
            && (!everActive || System.nanoTime() - lastActive > maximumIdleTime.toNanos())) {
          idle--;
          workers.remove(this);
          return;
        }
      }
      if (AT_ONCE.contains(status.getCode())) {
        attempt();
      } else {
        CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS)
            .execute(this::attempt);
      }
    }

    private final class Attempt extends ClientCall.Listener<ConnectResponse> {
      private final ClientCall<ConnectRequest, ConnectResponse> stream;
      private final List<ByteString> messages = new ArrayList<>();

      Attempt(ClientCall<ConnectRequest, ConnectResponse> stream) {
        this.stream = stream;
      }

      @Override
      public void onMessage(ConnectResponse message) {
        switch (message.getMsgCase()) {
          case REQUEST_INFO -> becameActive();
          case MESSAGE -> messages.add(message.getMessage().getData());
          case CLOSE_SEND -> {
            CompletableFuture<@Nullable Void> held;
            synchronized (OriginalAgent.this) {
              held = hold;
            }
            if (held == null) {
              answer();
            } else {
              var _ = held.thenRun(this::answer);
            }
          }
          case MSG_NOT_SET -> throw new AssertionError("a message without content");
        }
      }

      private void answer() {
        stream.sendMessage(
            ConnectRequest.newBuilder()
                .setHeader(
                    Header.newBuilder()
                        .putMeta(
                            "content-type",
                            Values.newBuilder().addValue("application/grpc").build()))
                .build());
        messages.forEach(data ->
            stream.sendMessage(
                ConnectRequest.newBuilder()
                    .setMessage(Message.newBuilder().setData(data))
                    .build()));
        stream.sendMessage(
            ConnectRequest.newBuilder().setTrailer(Trailer.getDefaultInstance()).build());
        stream.halfClose();
      }

      @Override
      public void onClose(Status status, Metadata trailers) {
        ended(status);
      }
    }
  }
}
