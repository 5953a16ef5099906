package io.mooring.kas.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Counters that stop at a limit and vanish a while after the last step. */
@FunctionalInterface
public interface LimitedCounters {
  /**
   * Adds one unless the limit is reached, in one step for all replicas.
   *
   * @param ttl life of the counter after this step
   * @return whether one was added
   */
  boolean tryIncrement(Key key, long limit, Duration ttl) throws StoreException;

  /**
   * The same for callers that must not block.
   *
   * @return completed on any thread; a {@link StoreException} when the store fails
   */
  default CompletableFuture<Boolean> increment(Key key, long limit, Duration ttl) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("count")
        .start(() -> {
          try {
            answer.complete(tryIncrement(key, limit, ttl));
          } catch (StoreException | RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }
}
