package io.mooring.apply.cluster;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An answer that is closed after some time, whoever still reads it: a connection may die without a
 * word.
 */
final class LimitedBody extends FilterInputStream {
  private final CountDownLatch closed = new CountDownLatch(1);

  LimitedBody(InputStream body, Duration limit) {
    super(body);
    Thread.ofVirtual().name("body-limit").start(() -> closeAfter(limit));
  }

  private void closeAfter(Duration limit) {
    try {
      if (!closed.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // Its reader hears of it.
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    super.close();
  }
}
