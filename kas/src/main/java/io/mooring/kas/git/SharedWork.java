package io.mooring.kas.git;

import io.grpc.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers who ask the same at the same time share one answer, and one failure. The work runs
 * on a virtual thread of its own, outside the gRPC context of whoever came first: his leaving does
 * not fail the others. Its end is bounded by the deadlines inside the work.
 *
 * @param <K> what is asked
 * @param <V> the answer
 */
final class SharedWork<K, V> {
  /** Finds an answer. */
  interface Work<V> {
    V run() throws GitalyException, InterruptedException;
  }

  private record Job<V>(Work<V> work, CompletableFuture<V> answer) {
    Job(Work<V> work) {
      this(work, new CompletableFuture<>());
    }
  }

  private static final class Line<V> {
    private Job<V> running;
    private @Nullable Job<V> next;

    Line(Job<V> running) {
      this.running = running;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Line<V>> lines = new HashMap<>();
  private final Context scope;

  /**
   * Nothing under way.
   *
   * @param scope the gRPC context of all work
   */
  SharedWork(Context scope) {
    this.scope = scope;
  }

  /** Joins the work under way for this key, or starts it: for answers that never change. */
  V join(K key, Work<V> work) throws GitalyException, InterruptedException {
    return await(enter(key, work, false));
  }

  /**
   * Joins work for this key that has not begun yet: for answers that must not be older than the
   * question. At most one such work waits behind the one under way, however many ask.
   */
  V joinNext(K key, Work<V> work) throws GitalyException, InterruptedException {
    return await(enter(key, work, true));
  }

  private Job<V> enter(K key, Work<V> work, boolean fresh) {
    lock.lock();
    try {
      Line<V> line = lines.get(key);
      if (line == null) {
        line = new Line<>(new Job<>(work));
        lines.put(key, line);
        start(key, line.running);
        return line.running;
      }
      if (!fresh) {
        return line.running;
      }
      Job<V> next = line.next;
      if (next == null) {
        next = new Job<>(work);
        line.next = next;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void start(K key, Job<V> job) {
    Thread.ofVirtual().name("git").start(scope.wrap(() -> run(key, job)));
  }

  // Whatever is thrown is the answer of those who wait, so nothing is lost.
  @SuppressWarnings("CatchAndPrintStackTrace")
  private void run(K key, Job<V> job) {
    try {
      V answer = job.work().run();
      leave(key);
      job.answer().complete(answer);
    } catch (GitalyException | InterruptedException | RuntimeException | Error e) {
      leave(key);
      job.answer().completeExceptionally(e);
    }
  }

  private void leave(K key) {
    lock.lock();
    try {
      Line<V> line = lines.get(key);
      Job<V> next = line == null ? null : line.next;
      if (line == null || next == null) {
        lines.remove(key);
        return;
      }
      line.running = next;
      line.next = null;
      start(key, next);
    } finally {
      lock.unlock();
    }
  }

  private static <V> V await(Job<V> job) throws GitalyException, InterruptedException {
    try {
      return job.answer().get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case GitalyException failure -> throw failure;
        case InterruptedException interrupted -> throw interrupted;
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IllegalStateException("shared work failed", e);
      }
    }
  }
}
