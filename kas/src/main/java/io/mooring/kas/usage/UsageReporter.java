package io.mooring.kas.usage;

import io.grpc.StatusException;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.GitLabException;
import io.mooring.kas.usage.UsageTracker.Figures;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends usage figures to GitLab every period, and what is left at the end. One virtual thread. */
public final class UsageReporter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UsageReporter.class);

  /** The last report must not hold up the end of kas. */
  static final Duration LAST_REPORT_LIMIT = Duration.ofSeconds(5);

  private final UsageTracker tracker;
  private final GitLabApi api;
  private final Duration period;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread sender;

  /**
   * Begins to send.
   *
   * @param period zero sends nothing, ever
   */
  public UsageReporter(UsageTracker tracker, GitLabApi api, Duration period) {
    this.tracker = tracker;
    this.api = api;
    this.period = period;
    this.sender = Thread.ofVirtual().name("usage").unstarted(this::run);
    if (period.isPositive()) {
      sender.start();
    }
  }

  private void run() {
    try {
      boolean last;
      do {
        last = closing.await(period.toNanos(), TimeUnit.NANOSECONDS);
        report();
      } while (!last);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report() throws InterruptedException {
    Figures figures = tracker.figures();
    if (figures.isEmpty()) {
      return;
    }
    try {
      api.usageMetrics(figures.json());
      tracker.sent(figures);
    } catch (GitLabException | StatusException e) {
      log.atError()
          .setCause(e)
          .log("GitLab did not take usage figures, they are sent with the next");
    }
  }

  /** Sends what is left, for at most {@link #LAST_REPORT_LIMIT}. */
  @Override
  public void close() {
    closing.countDown();
    try {
      if (period.isPositive() && !sender.join(LAST_REPORT_LIMIT)) {
        sender.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
