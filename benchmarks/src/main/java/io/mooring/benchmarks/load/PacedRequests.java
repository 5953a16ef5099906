package io.mooring.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/**
 * Requests at a steady rate, whatever becomes of those before, each on a connection of its own and
 * never tried twice. Started and closed by one thread.
 */
public final class PacedRequests implements AutoCloseable {
  private final LongFunction<Endpoint> endpoints;
  private final String path;
  private final long pauseNanos;
  private final Thread pacer;
  private final List<Thread> running = new ArrayList<>();
  private final AtomicLong answered = new AtomicLong();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Latencies latencies = new Latencies();
  private volatile boolean closing;

  private PacedRequests(LongFunction<Endpoint> endpoints, String path, int perSecond) {
    this.endpoints = endpoints;
    this.path = path;
    this.pauseNanos = 1_000_000_000L / perSecond;
    this.pacer = Thread.ofVirtual().name("pacer").start(this::pace);
  }

  /**
   * Begins.
   *
   * @param endpoints where the request of a number goes
   */
  public static PacedRequests start(LongFunction<Endpoint> endpoints, String path, int perSecond) {
    return new PacedRequests(endpoints, path, perSecond);
  }

  private void pace() {
    long next = System.nanoTime();
    for (long number = 0; !closing; number++) {
      Endpoint endpoint = endpoints.apply(number);
      running.removeIf(thread -> !thread.isAlive());
      running.add(Thread.ofVirtual().name("paced").start(() -> request(endpoint)));
      next += pauseNanos;
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  private void request(Endpoint endpoint) {
    long begin = System.nanoTime();
    try (RawConnection connection = RawConnection.open(endpoint)) {
      connection.send(endpoint.head("GET", path, "Connection: close\r\n"));
      connection.head(200);
      connection.drain();
      latencies.add(System.nanoTime() - begin);
      answered.incrementAndGet();
    } catch (IOException e) {
      failures.add(String.valueOf(e.getMessage()));
    }
  }

  /** Requests answered so far. */
  public long answered() {
    return answered.get();
  }

  /** What went wrong so far, a line a request. */
  public List<String> failures() {
    return List.copyOf(failures);
  }

  /** How long answers took. */
  public Latencies latencies() {
    return latencies;
  }

  /** Sends nothing more and waits for the answers that are due. */
  @Override
  public void close() {
    closing = true;
    try {
      pacer.join();
      for (Thread thread : running) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
