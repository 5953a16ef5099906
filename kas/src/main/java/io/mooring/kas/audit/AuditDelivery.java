package io.mooring.kas.audit;

import io.grpc.StatusException;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.GitLabException;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.prometheus.metrics.core.metrics.Counter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers records to GitLab in batches, again and again until GitLab has taken them: GitLab knows
 * a record that comes twice by its id. What is too much while GitLab is away is dropped and
 * counted; the log has it. A GitLab without the endpoint is left alone for an hour. One virtual
 * thread.
 */
final class AuditDelivery implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AuditDelivery.class);

  /** Records of one call. */
  static final int BATCH = 500;

  /** Twenty calls to GitLab; about a kilobyte each. */
  static final int MAX_WAITING = 10_000;

  /** GitLab may have been upgraded after this time. */
  static final Duration UNWANTED = Duration.ofHours(1);

  /**
   * How fast it goes.
   *
   * @param period how long a record waits for others
   * @param pauses while GitLab takes nothing
   */
  record Pace(Duration period, BackoffPolicy pauses) {
    static final Pace USUAL =
        new Pace(
            Duration.ofSeconds(2),
            new BackoffPolicy(
                Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofMinutes(5), 2.0, 0.5));
  }

  private final GitLabApi gitlab;
  private final Counter dropped;
  private final InstantSource clock;
  private final Duration period;
  private final Backoff pauses;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<AuditRecord> waiting = new ArrayDeque<>();
  private boolean closing;
  private Instant unwantedUntil = Instant.MIN;
  private final Thread sender;

  /** What GitLab made of a batch. */
  private enum Outcome {
    DONE,
    LATER
  }

  AuditDelivery(
      GitLabApi gitlab, Counter dropped, Pace pace, InstantSource clock, RandomGenerator random) {
    this.gitlab = gitlab;
    this.dropped = dropped;
    this.clock = clock;
    this.period = pace.period();
    this.pauses = new Backoff(pace.pauses(), clock, random);
    this.sender = Thread.ofVirtual().name("audit-delivery").start(this::run);
  }

  /** Takes a record. Never blocks for long. */
  void add(AuditRecord record) {
    lock.lock();
    try {
      if (waiting.size() >= AuditTrail.room(record, MAX_WAITING)) {
        dropped.labelValues("gitlab").inc();
        return;
      }
      waiting.add(record);
      if (waiting.size() == BATCH) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    List<AuditRecord> batch = new ArrayList<>();
    try {
      while (next(batch)) {
        if (deliver(batch) == Outcome.DONE) {
          batch.clear();
          pauses.reset();
        } else if (pause(pauses.next())) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lose(batch);
  }

  /** Fills an empty batch; false when there is nothing left and nothing will come. */
  private boolean next(List<AuditRecord> batch) throws InterruptedException {
    lock.lock();
    try {
      if (!batch.isEmpty()) {
        return true;
      }
      long nanos = period.toNanos();
      while (!closing && waiting.size() < BATCH && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      while (batch.size() < BATCH && !waiting.isEmpty()) {
        batch.add(waiting.remove());
      }
      return !closing || !batch.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * One record that GitLab does not like must not take the others with it, or whoever gets one
   * written could hide what else happens.
   */
  private Outcome refused(List<AuditRecord> batch, GitLabException failure)
      throws InterruptedException {
    if (batch.size() > 1) {
      int half = batch.size() / 2;
      Outcome first = deliver(batch.subList(0, half));
      Outcome second = deliver(batch.subList(half, batch.size()));
      return first == Outcome.DONE ? second : first;
    }
    log.atError()
        .setCause(failure)
        .addKeyValue("request_id", batch.getFirst().requestId())
        .log("GitLab refuses an audit record, it is in this log only");
    dropped.labelValues("gitlab").inc();
    return Outcome.DONE;
  }

  private Outcome deliver(List<AuditRecord> batch) throws InterruptedException {
    if (batch.isEmpty() || clock.instant().isBefore(unwantedUntil)) {
      return Outcome.DONE;
    }
    try {
      gitlab.auditRecords(AuditFields.json(batch));
      return Outcome.DONE;
    } catch (GitLabException e) {
      return failed(batch, e);
    } catch (StatusException e) {
      log.atWarn().setCause(e).log("Audit records wait for their turn at GitLab");
      return Outcome.LATER;
    }
  }

  private Outcome failed(List<AuditRecord> batch, GitLabException failure)
      throws InterruptedException {
    return switch (failure.status()) {
      case 404 -> {
        if (unwantedUntil.equals(Instant.MIN)) {
          log.atInfo().log("GitLab takes no audit records, they are in this log only");
        }
        unwantedUntil = clock.instant().plus(UNWANTED);
        yield Outcome.DONE;
      }
      case 400, 413, 422 -> refused(batch, failure);
      default -> {
        log.atError()
            .setCause(failure)
            .addKeyValue("count", batch.size())
            .log("GitLab did not take audit records, they are sent again");
        yield Outcome.LATER;
      }
    };
  }

  /** Whether this is closing. */
  private boolean pause(Duration time) throws InterruptedException {
    lock.lock();
    try {
      long nanos = time.toNanos();
      while (!closing && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return closing;
    } finally {
      lock.unlock();
    }
  }

  private void lose(List<AuditRecord> batch) {
    lock.lock();
    try {
      int lost = batch.size() + waiting.size();
      if (lost > 0) {
        dropped.labelValues("gitlab").inc(lost);
        log.atWarn().addKeyValue("count", lost).log("Audit records did not reach GitLab");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Delivers what is left, for at most {@link AuditTrail#LAST_LIMIT}. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      if (!sender.join(AuditTrail.LAST_LIMIT)) {
        sender.interrupt();
        sender.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
