package io.mooring.agentk.leader;

import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.agentk.configuration.Feature;
import io.mooring.agentk.worker.Workers;
import io.mooring.wire.agentcfg.AgentConfiguration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a feature while this Pod leads, always with the newest configuration. Those who give
 * configurations and leadership only leave a note; one thread of this object follows the notes,
 * skipping what was overtaken.
 */
public final class LeaderOnly implements Feature {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderOnly.class);

  private final Feature feature;
  private final Workers.Worker worker;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition noted = lock.newCondition();
  private Optional<Change> newest = Optional.empty();
  private boolean leading;
  private boolean changed;

  private LeaderOnly(Feature feature, Workers workers) {
    this.feature = feature;
    this.worker = workers.start("leader " + feature.name(), this::follow);
  }

  /** A feature that waits for leadership and a configuration. */
  public static LeaderOnly of(Feature feature, Workers workers) {
    return new LeaderOnly(feature, workers);
  }

  @Override
  public String name() {
    return feature.name();
  }

  @Override
  public Change prepare(AgentConfiguration configuration) throws ConfigurationRejectedException {
    Change change = feature.prepare(configuration);
    return () ->
        note(() -> {
          newest = Optional.of(change);
        });
  }

  /** Whether this Pod leads from now on. */
  public void lead(boolean now) {
    note(() -> {
      leading = now;
    });
  }

  /** Ends the thread, then the feature. */
  @Override
  public void stop() {
    worker.close();
    feature.stop();
  }

  private void note(Runnable what) {
    lock.lock();
    try {
      what.run();
      changed = true;
      noted.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void follow() throws InterruptedException {
    boolean running = false;
    while (true) {
      Optional<Change> wanted = await();
      if (wanted.isPresent()) {
        wanted.get().take();
        running = true;
      } else if (running) {
        LOG.atInfo().addKeyValue("mod_name", feature.name()).log("Stopping, another Pod leads");
        feature.stop();
        running = false;
      }
    }
  }

  /** What should run now, after something changed. */
  private Optional<Change> await() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!changed) {
        noted.await();
      }
      changed = false;
      return leading ? newest : Optional.empty();
    } finally {
      lock.unlock();
    }
  }
}
