package io.mooring.kas.audit;

import io.mooring.kas.audit.AuditDelivery.Pace;
import io.mooring.kas.gitlab.GitLabApi;
import io.prometheus.metrics.core.metrics.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes each record as one line of the logger {@code audit}, and delivers it to GitLab. One
 * virtual thread writes, another delivers. Closing it writes and delivers what is left.
 */
public final class AuditTrail implements AuditLog, AutoCloseable {
  private static final Logger lines = LoggerFactory.getLogger("audit");

  /** Half a second of requests at the speed of two cores; about a kilobyte each. */
  static final int MAX_UNWRITTEN = 10_000;

  /** How late a line may be. A writer that sleeps meanwhile costs those who add nothing. */
  static final Duration PAUSE = Duration.ofMillis(50);

  /** What is not written and delivered by then is lost at the end of kas. */
  static final Duration LAST_LIMIT = Duration.ofSeconds(5);

  private final ArrayBlockingQueue<AuditRecord> unwritten = new ArrayBlockingQueue<>(MAX_UNWRITTEN);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AuditDelivery delivery;
  private final Counter dropped;
  private final Thread writer;

  /**
   * Begins to write.
   *
   * @param dropped counts records that are too many, by {@code stage}: {@code log}, {@code gitlab}
   */
  public AuditTrail(
      GitLabApi gitlab, Counter dropped, InstantSource clock, RandomGenerator random) {
    this(gitlab, dropped, Pace.USUAL, clock, random);
  }

  AuditTrail(
      GitLabApi gitlab, Counter dropped, Pace pace, InstantSource clock, RandomGenerator random) {
    this.dropped = dropped;
    this.delivery = new AuditDelivery(gitlab, dropped, pace, clock, random);
    this.writer = Thread.ofVirtual().name("audit-log").start(this::run);
  }

  @Override
  public void add(AuditRecord record) {
    boolean room = unwritten.size() < room(record, MAX_UNWRITTEN);
    if (!room || !unwritten.offer(record)) {
      dropped.labelValues("log").inc();
    }
  }

  /** Who has no access at all can fill one half; the other is for requests of known callers. */
  static int room(AuditRecord record, int limit) {
    return record.caller().isPresent() ? limit : limit / 2;
  }

  private void run() {
    try {
      boolean last;
      do {
        last = closing.await(PAUSE.toNanos(), TimeUnit.NANOSECONDS);
        writeAll();
      } while (!last);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeAll() {
    List<AuditRecord> batch = new ArrayList<>();
    while (unwritten.drainTo(batch, AuditDelivery.BATCH) > 0) {
      for (AuditRecord record : batch) {
        write(record);
        // No agent has another id: GitLab has nothing to keep such a record with.
        if (record.agentId().orElse(0) > 0) {
          delivery.add(record);
        }
      }
      batch.clear();
    }
  }

  private static void write(AuditRecord record) {
    LoggingEventBuilder line = lines.atInfo();
    for (Map.Entry<String, Object> field : AuditFields.of(record).entrySet()) {
      // The line has a time of its own.
      String name = field.getKey().equals("time") ? "request_time" : field.getKey();
      line = line.addKeyValue(name, field.getValue());
    }
    line.log("Kubernetes API request");
  }

  /** Writes and delivers what is left, for at most {@link #LAST_LIMIT}. Nothing is added then. */
  @Override
  public void close() {
    closing.countDown();
    try {
      if (!writer.join(LAST_LIMIT)) {
        writer.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    delivery.close();
  }
}
