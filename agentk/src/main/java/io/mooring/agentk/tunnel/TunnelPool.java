package io.mooring.agentk.tunnel;

import io.grpc.Channel;
import io.grpc.ServerServiceDefinition;
import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps tunnels open to kas (tunnel.md 2.3): two that wait, ten more when fewer than two do, five
 * hundred at most, and back to two when they are not needed. Runs on every replica of the agent.
 * Owned by one event loop; {@link #close} is for any other thread.
 */
public final class TunnelPool implements AutoCloseable {
  /** Tunnels that wait for a request, at least. */
  static final int MIN_IDLE = 2;

  /** Tunnels in all. */
  static final int MAX_TUNNELS = 500;

  /** Tunnels opened together when too few wait. */
  static final int STEP = 10;

  /** A tunnel that was not used for longer is given up when kas ends it. */
  static final Duration MAX_IDLE_TIME = Duration.ofMinutes(1);

  /** backoff(1 s, 20 s, 25 s, 1.6, 0.2). */
  static final BackoffPolicy RETRIES =
      new BackoffPolicy(
          Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ofSeconds(25), 1.6, 0.2);

  /**
   * How long requests may go on when the agent stops. Most are done by then; a watch never is, and
   * its client knows how to begin again.
   */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Cancelled calls end within milliseconds; this bounds a fault. */
  private static final Duration CANCEL_BOUND = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(TunnelPool.class);

  private final Channel kas;
  private final OnLoop loop;
  private final ScheduledExecutorService timer;
  private final TunnelledServices services;
  private final Occupancy occupancy;
  private final Timing timing;
  private final Set<TunnelWorker> workers = new HashSet<>();
  private final CountDownLatch empty = new CountDownLatch(1);
  private int active;
  private boolean stopping;

  private TunnelPool(
      Channel kas,
      EventLoop loop,
      ScheduledExecutorService timer,
      List<ServerServiceDefinition> services,
      Occupancy occupancy,
      Timing timing) {
    this.kas = kas;
    this.loop = new OnLoop(loop);
    this.timer = timer;
    this.services = new TunnelledServices(services);
    this.occupancy = occupancy;
    this.timing = timing;
  }

  /**
   * Opens the first tunnels and returns at once.
   *
   * @param kas its calls wait until kas can be reached
   * @param loop runs the tunnels and calls the services; best the one of the channel
   * @param services what kas may call; they must not block
   */
  public static TunnelPool start(
      Channel kas,
      EventLoop loop,
      List<ServerServiceDefinition> services,
      Occupancy occupancy,
      Timing timing) {
    return start(kas, loop, loop, services, occupancy, timing);
  }

  static TunnelPool start(
      Channel kas,
      EventLoop loop,
      ScheduledExecutorService timer,
      List<ServerServiceDefinition> services,
      Occupancy occupancy,
      Timing timing) {
    var pool = new TunnelPool(kas, loop, timer, services, occupancy, timing);
    loop.execute(() -> pool.grow(MIN_IDLE));
    return pool;
  }

  Timing timing() {
    return timing;
  }

  private int idle() {
    return workers.size() - active;
  }

  private void grow(int count) {
    for (int i = 0; i < count && !stopping; i++) {
      var worker = new TunnelWorker(this, new Backoff(RETRIES, timing.clock(), timing.random()));
      workers.add(worker);
      worker.open();
    }
    tell();
  }

  Tunnel open(TunnelWorker worker) {
    return Tunnel.open(kas, services, loop, worker);
  }

  Future<?> after(Duration delay, Runnable task) {
    return timer.schedule(() -> loop.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  void becameActive() {
    active++;
    if (idle() < MIN_IDLE) {
      grow(Math.min(STEP, MAX_TUNNELS - workers.size()));
    } else {
      tell();
    }
  }

  void becameIdle() {
    active--;
    tell();
  }

  /**
   * Whether a worker whose tunnel ended should open another one.
   *
   * @param carried the tunnel carried a request
   */
  boolean keeps(TunnelWorker worker, boolean carried) {
    boolean needed =
        carried
            || idle() <= MIN_IDLE
            || (worker.lastActive().isPresent()
                && timing.since(worker.lastActive().getAsLong()).compareTo(MAX_IDLE_TIME) <= 0);
    return needed && !stopping;
  }

  void remove(TunnelWorker worker) {
    workers.remove(worker);
    tell();
    if (stopping && workers.isEmpty()) {
      empty.countDown();
    }
  }

  private void tell() {
    occupancy.changed(idle(), active);
  }

  /**
   * Ends the tunnels that wait at once, and those that carry a request when it is done or {@link
   * #GRACE} is over.
   */
  @Override
  public void close() {
    loop.execute(this::stop);
    try {
      if (!empty.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        loop.execute(() -> List.copyOf(workers).forEach(TunnelWorker::cancel));
        if (!empty.await(CANCEL_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.atWarn().addKeyValue("mod_name", "reverse_tunnel").log("Tunnels did not end in time");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stop() {
    stopping = true;
    List.copyOf(workers).forEach(TunnelWorker::stop);
    if (workers.isEmpty()) {
      empty.countDown();
    }
  }
}
