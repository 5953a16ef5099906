package io.mooring.kas.git;

import io.grpc.Context;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes callers wait for their turn at two rate limits. Thread-safe; callers block on their own
 * thread.
 */
final class Turns {
  /** Nobody waits longer than until the next regular look at a repository would come anyway. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private final RateLimit global;

  Turns(RateLimit global) {
    this.global = global;
  }

  /**
   * Waits until a call is allowed.
   *
   * @param rpc name of the call, for the error
   * @throws GitalyException when it would take too long, or the RPC on behalf of which this runs
   *     ended
   */
  void await(RateLimit own, String rpc) throws GitalyException, InterruptedException {
    Duration first = global.take(PATIENCE);
    if (first.compareTo(PATIENCE) > 0) {
      throw refused(rpc, "global_api_rate_limit");
    }
    Duration second = own.take(PATIENCE);
    if (second.compareTo(PATIENCE) > 0) {
      global.giveBack();
      throw refused(rpc, "per_server_api_rate_limit");
    }
    Duration wait = first.compareTo(second) > 0 ? first : second;
    if (wait.isPositive() && cancelledWithin(wait)) {
      global.giveBack();
      own.giveBack();
      throw new GitalyException(
          GitalyException.Code.RPC_ERROR,
          rpc,
          "",
          Status.CANCELLED.withDescription("nobody waits").asException());
    }
  }

  private static boolean cancelledWithin(Duration wait) throws InterruptedException {
    CountDownLatch cancelled = new CountDownLatch(1);
    Context.CancellationListener listener = context -> cancelled.countDown();
    Context context = Context.current();
    context.addListener(listener, Runnable::run);
    try {
      return cancelled.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      context.removeListener(listener);
    }
  }

  private static GitalyException refused(String rpc, String setting) {
    return new GitalyException(
        GitalyException.Code.UNKNOWN,
        rpc,
        "",
        "RESOURCE_EXHAUSTED: gitaly."
            + setting
            + " does not allow a call within "
            + PATIENCE.toMinutes()
            + " minutes",
        null);
  }
}
