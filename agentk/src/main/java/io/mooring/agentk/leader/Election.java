package io.mooring.agentk.leader;

import io.mooring.agentk.kubernetes.ClusterException;
import io.mooring.agentk.worker.Timing;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries to lead and to go on leading, under the rules of client-go's leader election: a Lease
 * counts as expired when it did not change for its whole duration on <em>our</em> clock, so clocks
 * need not agree. One thread.
 */
public final class Election {
  private static final Logger LOG = LoggerFactory.getLogger(Election.class);

  /**
   * How fast an election is (modules.md 7).
   *
   * @param lease how long a holder that vanished keeps others out
   * @param renew a leader that could not renew for this long stops leading
   * @param retry pause between two tries
   */
  public record Pace(Duration lease, Duration renew, Duration retry) {
    /** Checks that a leader stops before another one starts. */
    public Pace {
      if (renew.compareTo(lease) >= 0 || retry.compareTo(renew) >= 0 || !retry.isPositive()) {
        throw new IllegalArgumentException(
            "lease "
                + lease
                + ", renew "
                + renew
                + ", retry "
                + retry
                + " (expected: 0 < retry < renew < lease)");
      }
    }

    /** 15 s, 10 s, 2 s. */
    public static Pace standard() {
      return new Pace(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }
  }

  private final LeaseStore store;
  private final String identity;
  private final Consumer<Boolean> leads;
  private final Pace pace;
  private final Timing timing;
  private Optional<Lease> observed = Optional.empty();
  private long observedAt;

  Election(LeaseStore store, String identity, Consumer<Boolean> leads, Pace pace, Timing timing) {
    this.store = store;
    this.identity = identity;
    this.leads = leads;
    this.pace = pace;
    this.timing = timing;
  }

  /** Runs until the thread is interrupted; does not give the Lease back, see {@link #release}. */
  public void run() throws InterruptedException {
    while (true) {
      while (!holds()) {
        // Spread, so that Pods that started together do not keep meeting.
        timing
            .pause()
            .sleep(
                pace.retry()
                    .plus(
                        Duration.ofNanos(
                            (long)
                                (timing.random().nextDouble()
                                    * 1.2
                                    * (double) pace.retry().toNanos()))));
      }
      LOG.atInfo()
          .addKeyValue("object_key", store.name())
          .addKeyValue("pod_name", identity)
          .log("Leading now");
      leads.accept(true);
      announce();
      try {
        keep();
      } finally {
        leads.accept(false);
      }
      LOG.atWarn().addKeyValue("object_key", store.name()).log("Not leading any more");
    }
  }

  /**
   * Gives the Lease back, if it is ours, so that another Pod need not wait. Called after {@link
   * #run} ended.
   */
  public void release() throws InterruptedException {
    try {
      Optional<Lease> lease = store.read().filter(current -> current.isHeldBy(identity));
      if (lease.isPresent() && store.replace(lease.get().released(timing.clock().instant()))) {
        LOG.atInfo().addKeyValue("object_key", store.name()).log("Lease released");
      }
    } catch (ClusterException e) {
      LOG.atWarn()
          .addKeyValue("object_key", store.name())
          .setCause(e)
          .log("Lease cannot be released, it will expire");
    }
  }

  /** Renews until that failed for too long. */
  private void keep() throws InterruptedException {
    long renewed = timing.nanos().getAsLong();
    while (timing.since(renewed).compareTo(pace.renew()) < 0) {
      timing.pause().sleep(pace.retry());
      if (holds()) {
        renewed = timing.nanos().getAsLong();
      } else if (observed.isPresent() && !observed.get().isHeldBy(identity)) {
        // Somebody took it: nothing to wait for.
        return;
      }
    }
  }

  /** One try to get the Lease or to keep it. */
  private boolean holds() throws InterruptedException {
    try {
      Optional<Lease> current = store.read();
      if (current.isEmpty()) {
        return store.create(store.fresh().held(identity, pace.lease(), timing.clock().instant()));
      }
      Lease lease = current.get();
      if (!observed.map(Lease::spec).equals(Optional.of(lease.spec()))) {
        observed = current;
        observedAt = timing.nanos().getAsLong();
      }
      boolean free =
          lease.holder().isEmpty()
              || lease.isHeldBy(identity)
              || timing.since(observedAt).compareTo(pace.lease()) >= 0;
      return free && store.replace(lease.held(identity, pace.lease(), timing.clock().instant()));
    } catch (ClusterException e) {
      LOG.atWarn()
          .addKeyValue("object_key", store.name())
          .setCause(e)
          .log("Lease cannot be read or written, will try again");
      return false;
    }
  }

  private void announce() throws InterruptedException {
    try {
      store.announce(identity, timing.clock().instant());
    } catch (ClusterException e) {
      LOG.atDebug()
          .addKeyValue("object_key", store.name())
          .setCause(e)
          .log("Event about the leader cannot be written");
    }
  }
}
