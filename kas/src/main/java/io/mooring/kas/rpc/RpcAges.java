package io.mooring.kas.rpc;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.mooring.protocol.transport.ConnectionAge;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Gives every RPC of one server its {@link AgeContext}: from the age of its connection, and from
 * the shutdown of the server, which fires all of them at once.
 */
final class RpcAges implements ServerInterceptor, AutoCloseable {
  private static final Attributes.Key<Long> CONNECTED_AT =
      Attributes.Key.create("io.mooring.kas.connected-at");

  private final ConnectionAge age;
  private final RandomGenerator random;
  private final Set<RpcAge> waiting = ConcurrentHashMap.newKeySet();
  private final Set<StopAction> onStop = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor timer;
  private volatile boolean stopping;

  RpcAges(ConnectionAge age, RandomGenerator random) {
    this.age = age;
    this.random = random;
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("connection-age").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  /** One registration; two with the same action are two. */
  private static final class StopAction {
    private final Runnable action;

    StopAction(Runnable action) {
      this.action = action;
    }
  }

  /** Notes when a connection began. */
  ServerTransportFilter connections() {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes attributes) {
        return attributes.toBuilder().set(CONNECTED_AT, nanoTime()).build();
      }
    };
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Long connectedAt = call.getAttributes().get(CONNECTED_AT);
    long now = nanoTime();
    Duration old = Duration.ofNanos(connectedAt == null ? 0 : now - connectedAt);
    AgeContext context = new RpcAge(this, now + age.poll(old, random.nextDouble()).toNanos());
    return Contexts.interceptCall(
        Context.current().withValue(AgeContext.KEY, context), call, headers, next);
  }

  /** Fires for all RPCs, those that come later included. */
  void stop() {
    stopping = true;
    waiting.forEach(RpcAge::fire);
    onStop.forEach(this::run);
  }

  /** Runs the action when the server stops; at once when it has begun to. */
  AgeContext.Registration onStop(Runnable action) {
    StopAction registered = new StopAction(action);
    onStop.add(registered);
    if (stopping) {
      run(registered);
    }
    return () -> onStop.remove(registered);
  }

  private void run(StopAction registered) {
    if (onStop.remove(registered)) {
      registered.action.run();
    }
  }

  boolean stopping() {
    return stopping;
  }

  long nanoTime() {
    return System.nanoTime();
  }

  Future<?> schedule(RpcAge rpc, long deadlineNanos) {
    waiting.add(rpc);
    long delay = stopping ? 0 : Math.max(0, deadlineNanos - nanoTime());
    return timer.schedule(
        () -> {
          waiting.remove(rpc);
          rpc.fire();
        },
        delay,
        TimeUnit.NANOSECONDS);
  }

  void forget(RpcAge rpc) {
    waiting.remove(rpc);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
