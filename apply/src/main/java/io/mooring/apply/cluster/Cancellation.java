package io.mooring.apply.cluster;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Says that a piece of work is no longer wanted. Cancelling one that has children cancels them. */
public final class Cancellation {
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final Set<Cancellation> children = ConcurrentHashMap.newKeySet();

  /** One that ends with this one, or before; {@link #forget} it afterwards. */
  public Cancellation child() {
    Cancellation child = new Cancellation();
    children.add(child);
    if (isCancelled()) {
      child.cancel();
    }
    return child;
  }

  /** Lets go of a child whose work is done. */
  public void forget(Cancellation child) {
    children.remove(child);
  }

  /** Ends the work; does nothing twice. */
  public void cancel() {
    cancelled.countDown();
    children.forEach(Cancellation::cancel);
  }

  /** Whether the work is no longer wanted. */
  public boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  /**
   * Pauses.
   *
   * @return whether the work was cancelled meanwhile
   */
  public boolean await(Duration pause) throws InterruptedException {
    return cancelled.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }
}
