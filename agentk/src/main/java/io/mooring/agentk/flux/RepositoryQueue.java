package io.mooring.agentk.flux;

import io.mooring.apply.object.JsonObject;
import io.mooring.apply.watch.Sink;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All GitRepositories, and which of them have to be looked at. Filled by a watch, emptied by one
 * thread; safe for any.
 */
final class RepositoryQueue implements Sink {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Repository> known = new HashMap<>();
  private final SequencedSet<String> due = new LinkedHashSet<>();
  private final Set<String> failed = new LinkedHashSet<>();

  @Override
  public void present(JsonObject object) {
    Repository repository = Repository.of(object);
    boolean leaving = !object.text("metadata", "deletionTimestamp").isEmpty();
    lock.lock();
    try {
      if (leaving) {
        forget(repository.key());
      } else if (!repository.equals(known.put(repository.key(), repository))) {
        // Flux writes the status of its objects all the time, which changes nothing here.
        due.add(repository.key());
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void absent(JsonObject lastSeen) {
    lock.lock();
    try {
      forget(Repository.of(lastSeen).key());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void listed(Set<String> names) {
    lock.lock();
    try {
      known.keySet().retainAll(names);
      due.retainAll(names);
      failed.retainAll(names);
    } finally {
      lock.unlock();
    }
  }

  private void forget(String key) {
    known.remove(key);
    due.remove(key);
    failed.remove(key);
  }

  /** Waits for one that has to be looked at. */
  Repository take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        while (due.isEmpty()) {
          changed.await();
        }
        Repository repository = known.get(due.removeFirst());
        if (repository != null) {
          return repository;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** It could not be dealt with, so somebody will ask for it again. */
  void failed(Repository repository) {
    lock.lock();
    try {
      if (known.containsKey(repository.key())) {
        failed.add(repository.key());
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until something failed. */
  void awaitFailure() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (failed.isEmpty()) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Everything that failed has to be looked at again. */
  void retry() {
    lock.lock();
    try {
      due.addAll(failed);
      failed.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Everything has to be looked at again. */
  void resync() {
    lock.lock();
    try {
      due.addAll(known.keySet());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
