package io.mooring.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Connections that last: each is opened and used by a virtual thread until the crowd is closed.
 * Closing it cuts them.
 */
public final class Crowd implements AutoCloseable {
  private static final Duration OPEN_LIMIT = Duration.ofSeconds(60);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /** What one member does with its connection; it returns when the connection was cut. */
  @FunctionalInterface
  interface Member {
    /**
     * Lives.
     *
     * @param settled to be called when the request was answered
     */
    void live(RawConnection connection, Runnable settled) throws IOException;
  }

  private final List<RawConnection> connections = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Optional<IOException>> failure =
      new AtomicReference<>(Optional.empty());
  private final CountDownLatch settled;
  private volatile boolean closing;

  /**
   * Opens all of them.
   *
   * @throws IOException when one of them is not served; all are closed then
   */
  static Crowd gather(int size, Endpoint endpoint, Member member)
      throws IOException, InterruptedException {
    Crowd crowd = new Crowd(size);
    try {
      for (int i = 0; i < size; i++) {
        crowd.threads.add(
            Thread.ofVirtual().name("crowd-", i).start(() -> crowd.live(endpoint, member)));
      }
      crowd.awaitSettled();
      return crowd;
    } catch (IOException | InterruptedException e) {
      crowd.close();
      throw e;
    }
  }

  private Crowd(int size) {
    settled = new CountDownLatch(size);
  }

  private void live(Endpoint endpoint, Member member) {
    try (RawConnection connection = RawConnection.open(endpoint)) {
      connections.add(connection);
      if (!closing) {
        member.live(connection, settled::countDown);
      }
      if (!closing) {
        throw new IOException(endpoint.name() + " ended a connection that should last");
      }
    } catch (IOException e) {
      if (!closing) {
        failure.compareAndSet(Optional.empty(), Optional.of(e));
        while (settled.getCount() > 0) {
          settled.countDown();
        }
      }
    }
  }

  private void awaitSettled() throws IOException, InterruptedException {
    if (!settled.await(OPEN_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException(
          "%d connections are not answered after %d s"
              .formatted(settled.getCount(), OPEN_LIMIT.toSeconds()));
    }
    check();
  }

  /**
   * Tells whether all of them are well.
   *
   * @throws IOException when one of them broke
   */
  public void check() throws IOException {
    Optional<IOException> broken = failure.get();
    if (broken.isPresent()) {
      throw new IOException("a connection broke", broken.get());
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    for (RawConnection connection : connections) {
      connection.close();
    }
    try {
      for (Thread thread : threads) {
        thread.join(CLOSE_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
