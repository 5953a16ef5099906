package io.mooring.agentk.flux;

import io.mooring.apply.object.JsonObject;
import io.mooring.apply.watch.Sink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All Receivers that wait for pushes to a project of GitLab, whoever made them. Filled by a watch;
 * safe for any thread.
 */
final class Receivers implements Sink {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Receiver> known = new HashMap<>();

  /**
   * One of them.
   *
   * @param key {@code namespace/name}
   * @param project full path
   * @param webhookPath where Flux takes notices for it; empty as long as Flux has not said
   */
  record Receiver(String key, String project, String webhookPath) {}

  @Override
  public void present(JsonObject object) {
    var receiver =
        new Receiver(
            key(object),
            object.text("metadata", "annotations", FluxObjects.PROJECT),
            object.text("status", "webhookPath"));
    lock.lock();
    try {
      if (receiver.project().isEmpty()) {
        known.remove(receiver.key());
      } else {
        known.put(receiver.key(), receiver);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void absent(JsonObject lastSeen) {
    lock.lock();
    try {
      known.remove(key(lastSeen));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void listed(Set<String> names) {
    lock.lock();
    try {
      known.keySet().retainAll(names);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static String key(JsonObject object) {
    return object.text("metadata", "namespace") + "/" + object.text("metadata", "name");
  }

  /** The projects they wait for. */
  Set<String> projects() {
    lock.lock();
    try {
      Set<String> projects = new TreeSet<>();
      known.values().forEach(receiver -> projects.add(receiver.project()));
      return projects;
    } finally {
      lock.unlock();
    }
  }

  /** Those that wait for a project and can be told. */
  List<Receiver> of(String project) {
    lock.lock();
    try {
      return known.values().stream()
          .filter(receiver -> receiver.project().equals(project))
          .filter(receiver -> !receiver.webhookPath().isEmpty())
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the projects are others than these. */
  void awaitOtherThan(Set<String> projects) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (projects().equals(projects)) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }
}
