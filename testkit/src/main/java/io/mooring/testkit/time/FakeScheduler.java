package io.mooring.testkit.time;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * An executor on a {@link FakeClock}: what has a delay runs on the thread that advances the clock,
 * what has none on the calling thread, at once.
 */
final class FakeScheduler extends AbstractExecutorService implements ScheduledExecutorService {
  private final FakeClock clock;
  private volatile boolean shutdown;

  FakeScheduler(FakeClock clock) {
    this.clock = clock;
  }

  @Override
  public void execute(Runnable task) {
    refuseWhenShutDown(task);
    task.run();
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
    return schedule(() -> runAndForget(task), delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
    refuseWhenShutDown(task);
    return new Task<>(task, delay(delay, unit), Duration.ZERO);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable task, long initialDelay, long period, TimeUnit unit) {
    refuseWhenShutDown(task);
    return new Task<>(
        () -> runAndForget(task),
        delay(initialDelay, unit),
        Duration.of(period, unit.toChronoUnit()));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long initialDelay, long delay, TimeUnit unit) {
    // A task takes no time on this clock, so that rate and delay are one.
    return scheduleAtFixedRate(task, initialDelay, delay, unit);
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return shutdown;
  }

  private void refuseWhenShutDown(Object task) {
    if (shutdown) {
      throw new RejectedExecutionException(task + " came after shutdown");
    }
  }

  private static Duration delay(long amount, TimeUnit unit) {
    return Duration.of(Math.max(0, amount), unit.toChronoUnit());
  }

  private static Boolean runAndForget(Runnable task) {
    task.run();
    return true;
  }

  /** One scheduled task; repeats when its period is positive, until it fails or is cancelled. */
  private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {
    private final Duration period;
    private volatile FakeClock.Wakeup wakeup;

    Task(Callable<V> task, Duration delay, Duration period) {
      super(task);
      this.period = period;
      this.wakeup = clock.schedule(delay, this::wake);
    }

    private void wake() {
      if (shutdown) {
        cancel(false);
      } else if (period.isZero()) {
        run();
      } else if (runAndReset()) {
        wakeup = clock.schedule(period, this::wake);
      }
    }

    @Override
    public boolean cancel(boolean interrupt) {
      wakeup.cancel();
      return super.cancel(interrupt);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(Duration.between(clock.instant(), wakeup.due()));
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
