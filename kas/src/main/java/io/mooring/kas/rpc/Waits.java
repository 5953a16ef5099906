package io.mooring.kas.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits on behalf of an RPC that end when its client goes away or its deadline passes. */
public final class Waits {
  private Waits() {}

  /**
   * Lets time pass.
   *
   * @throws StatusException {@code CANCELLED} or {@code DEADLINE_EXCEEDED} when the RPC of this
   *     thread ended
   */
  public static void pause(Duration time) throws StatusException, InterruptedException {
    Context context = Context.current();
    CountDownLatch ended = new CountDownLatch(1);
    Context.CancellationListener listener = cancelled -> ended.countDown();
    context.addListener(listener, Runnable::run);
    try {
      if (ended.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
        throw ended(context);
      }
    } finally {
      context.removeListener(listener);
    }
  }

  /**
   * Waits for a result that others may wait for too; it goes on when this wait ends.
   *
   * @throws StatusException {@code CANCELLED} or {@code DEADLINE_EXCEEDED} when the RPC of this
   *     thread ended
   * @throws ExecutionException when the result is a failure
   * @throws TimeoutException when there is none within {@code limit}
   */
  public static <T> T join(CompletableFuture<T> result, Duration limit)
      throws StatusException, ExecutionException, TimeoutException, InterruptedException {
    Context context = Context.current();
    CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    Context.CancellationListener listener = cancelled -> ended.complete(null);
    context.addListener(listener, Runnable::run);
    try {
      CompletableFuture.anyOf(result, ended).get(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (!result.isDone()) {
        throw ended(context);
      }
      return result.get();
    } finally {
      context.removeListener(listener);
    }
  }

  private static StatusException ended(Context context) {
    Status status = Contexts.statusFromCancelled(context);
    return (status == null ? Status.CANCELLED : status).asException();
  }
}
