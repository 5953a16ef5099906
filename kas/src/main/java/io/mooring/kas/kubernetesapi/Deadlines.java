package io.mooring.kas.kubernetesapi;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When to give up on a client: one deadline for what it has to send, one for what it has to take.
 * Lives on the event loop of its connection. hot: setting a deadline is an assignment; the one task
 * behind it looks again after at most the shortest limit there is.
 */
final class Deadlines {
  private static final long NONE = Long.MAX_VALUE;

  private final EventLoop loop;
  private final long step;
  private final Runnable inputOver;
  private final Runnable outputOver;
  private long input = NONE;
  private long output = NONE;
  private @Nullable ScheduledFuture<?> task;
  private boolean closed;

  /**
   * None is set.
   *
   * @param shortest no deadline is set nearer than this
   */
  Deadlines(EventLoop loop, Duration shortest, Runnable inputOver, Runnable outputOver) {
    this.loop = loop;
    this.step = shortest.toNanos();
    this.inputOver = inputOver;
    this.outputOver = outputOver;
  }

  /** Something has to arrive within this time from now. */
  void input(Duration limit) {
    input = System.nanoTime() + limit.toNanos();
    schedule();
  }

  /** Nothing has to arrive. */
  void inputDone() {
    input = NONE;
  }

  /** Something has to be taken within this time from now. */
  void output(Duration limit) {
    output = System.nanoTime() + limit.toNanos();
    schedule();
  }

  /** Nothing has to be taken. */
  void outputDone() {
    output = NONE;
  }

  private void schedule() {
    if (task == null && !closed) {
      long delay = Math.min(step, Math.min(input, output) - System.nanoTime());
      task = loop.schedule(this::look, Math.max(0, delay), TimeUnit.NANOSECONDS);
    }
  }

  private void look() {
    task = null;
    long now = System.nanoTime();
    if (input <= now) {
      input = NONE;
      inputOver.run();
    }
    if (output <= now) {
      output = NONE;
      outputOver.run();
    }
    if (input != NONE || output != NONE) {
      schedule();
    }
  }

  /** The connection is gone. */
  void close() {
    closed = true;
    if (task != null) {
      task.cancel(false);
      task = null;
    }
  }
}
