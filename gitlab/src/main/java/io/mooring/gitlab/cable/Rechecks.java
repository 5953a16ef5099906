package io.mooring.gitlab.cable;

import io.mooring.gitlab.identity.User;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Looks again at rights, one round after the other; what is asked for during a round is done in the
 * next, once. Asking never blocks. One virtual thread while there is work.
 */
final class Rechecks {
  private static final Logger log = LoggerFactory.getLogger(Rechecks.class);

  /** More users than this at once are everybody. */
  private static final int MAX_USERS = 1000;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("cable-rights").factory());

  private final Consumer<Whose> action;
  private final ReentrantLock lock = new ReentrantLock();
  private Set<Long> users = new HashSet<>();
  private boolean everybody;
  private boolean asked;

  Rechecks(Consumer<Whose> action) {
    this.action = action;
  }

  /** Whose rights are looked at. */
  record Whose(boolean everybody, Set<Long> users) {
    boolean includes(Optional<User> user) {
      return everybody || user.filter(known -> users.contains(known.id())).isPresent();
    }
  }

  void user(long id) {
    ask(() -> {
      users.add(id);
      everybody |= users.size() > MAX_USERS;
    });
  }

  void all() {
    ask(() -> everybody = true);
  }

  private void ask(Runnable note) {
    boolean first;
    lock.lock();
    try {
      note.run();
      first = !asked;
      asked = true;
    } finally {
      lock.unlock();
    }
    if (first) {
      try {
        thread.execute(this::round);
      } catch (RejectedExecutionException e) {
        log.atDebug().log("Rights are not looked at while stopping");
      }
    }
  }

  private void round() {
    Whose whose;
    lock.lock();
    try {
      whose = new Whose(everybody, users);
      users = new HashSet<>();
      everybody = false;
      asked = false;
    } finally {
      lock.unlock();
    }
    try {
      action.accept(whose);
    } catch (DataAccessException e) {
      log.atWarn().setCause(e).log("Rights of open pages not looked at, done again in a minute");
    }
  }

  void close() {
    thread.shutdown();
  }
}
