package io.mooring.agentk.tunnel;

import io.grpc.Status;
import io.mooring.protocol.backoff.Backoff;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One place in the pool: it opens a tunnel, and another one when that is over, until the pool does
 * not need it. Owned by the event loop.
 */
final class TunnelWorker implements Tunnel.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(TunnelWorker.class);

  /** An idle tunnel that ends sooner than this, again and again, is refused in all but name. */
  private static final Duration TOO_SOON = Duration.ofSeconds(1);

  private final TunnelPool pool;
  private final Backoff backoff;
  private @Nullable Tunnel tunnel;
  private @Nullable Future<?> pause;
  private OptionalLong lastActive = OptionalLong.empty();
  private long opened;
  private int refusals;
  private boolean active;
  private boolean stopped;

  TunnelWorker(TunnelPool pool, Backoff backoff) {
    this.pool = pool;
    this.backoff = backoff;
  }

  void open() {
    pause = null;
    if (!stopped) {
      opened = pool.timing().nanos().getAsLong();
      tunnel = pool.open(this);
    }
  }

  boolean isActive() {
    return active;
  }

  /** When it carried a request last; empty when it never did. */
  OptionalLong lastActive() {
    return lastActive;
  }

  @Override
  public void active() {
    active = true;
    refusals = 0;
    pool.becameActive();
  }

  @Override
  public void ended(Status status) {
    tunnel = null;
    boolean carried = active;
    if (carried) {
      active = false;
      lastActive = OptionalLong.of(pool.timing().nanos().getAsLong());
      pool.becameIdle();
    }
    if (stopped || !pool.keeps(this, carried)) {
      stopped = true;
      pool.remove(this);
      return;
    }
    switch (status.getCode()) {
      case OK, CANCELLED, DEADLINE_EXCEEDED -> again(carried);
      default -> {
        LOG.atDebug()
            .addKeyValue("mod_name", "reverse_tunnel")
            .addKeyValue("error", status)
            .log("Tunnel failed");
        pause();
      }
    }
  }

  private void again(boolean carried) {
    boolean refused = !carried && pool.timing().since(opened).compareTo(TOO_SOON) < 0;
    refusals = refused ? refusals + 1 : 0;
    if (refusals > 1) {
      pause();
    } else {
      open();
    }
  }

  private void pause() {
    pause = pool.after(backoff.next(), this::open);
  }

  /** No new tunnel; one that carries a request goes on to its end. */
  void stop() {
    stopped = true;
    if (pause != null) {
      pause.cancel(false);
      pool.remove(this);
    } else if (!active) {
      cancel();
    }
  }

  /** Ends the tunnel, whatever it does. */
  void cancel() {
    if (tunnel != null) {
      tunnel.cancel("agentk is shutting down");
    }
  }
}
