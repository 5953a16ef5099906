package io.mooring.gitlab.outbox;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Runs a round of work whenever it is woken, and at intervals for what is due again or was left by
 * another process. One thread of its own; {@link #wake()} may be called from any.
 */
public abstract class Courier implements SmartLifecycle {
  /** How late a retry, or a row of another process, may be noticed. */
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(Courier.class);

  private final String name;
  private final Semaphore signal = new Semaphore(0);
  private volatile boolean running;
  private volatile @Nullable Thread thread;

  /** A courier whose thread has this name. */
  protected Courier(String name) {
    this.name = name;
  }

  /** Does what is due; true when there may be more. */
  protected abstract boolean round();

  /** Begins a round soon, also when one is running now. */
  public final void wake() {
    signal.release();
  }

  @Override
  public final void start() {
    running = true;
    thread = Thread.ofVirtual().name(name).start(this::run);
  }

  private void run() {
    while (running) {
      try {
        while (running && round()) {
          // Goes on while there is work.
        }
      } catch (DataAccessException | TransactionException e) {
        log.atWarn().addKeyValue("courier", name).setCause(e).log("Database failed, trying again");
      }
      try {
        if (running && signal.tryAcquire(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
          signal.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public final void stop() {
    running = false;
    wake();
    Thread started = thread;
    if (started != null) {
      try {
        if (!started.join(STOP_LIMIT)) {
          started.interrupt();
        }
      } catch (InterruptedException e) {
        started.interrupt();
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public final boolean isRunning() {
    return running;
  }
}
