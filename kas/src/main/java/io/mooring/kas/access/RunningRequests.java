package io.mooring.kas.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again at the credentials for which requests of long duration run, so that one
 * that is no longer good is noticed before its answer is as old as {@code allowed_agent_cache_ttl}.
 * One call to GitLab for each credential, however many requests it runs; where GitLab has no answer
 * everything goes on. One virtual thread, and one for each call.
 */
final class RunningRequests implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunningRequests.class);

  private static final Denied CHANGED =
      new Denied(403, "Forbidden: access has changed, send the request again");

  /** Calls to GitLab at one time, of the fifty that kas allows itself. */
  private static final int MAX_CALLS = 8;

  private static final Duration LONGEST_TICK = Duration.ofSeconds(10);
  private static final Duration SHORTEST_TICK = Duration.ofMillis(100);

  /** Without a cache nobody says how old an answer may get. */
  private static final Duration UNCACHED = Duration.ofMinutes(1);

  private final Map<Credential, Set<Held>> held = new ConcurrentHashMap<>();
  private final Map<Credential, Instant> looked = new ConcurrentHashMap<>();
  private final Function<Credential, Decision> look;
  private final GitLabAnswers answers;
  private final InstantSource clock;
  private final Duration age;
  private final Semaphore calls = new Semaphore(MAX_CALLS);
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Begins to look.
   *
   * @param look asks GitLab anew
   * @param answers what is remembered, and may have been asked anew for another request
   */
  RunningRequests(
      Function<Credential, Decision> look,
      GitLabAnswers answers,
      Duration ttl,
      InstantSource clock) {
    this.look = look;
    this.answers = answers;
    this.clock = clock;
    // A third of the time is left for the tick and the call.
    this.age = (ttl.isZero() ? UNCACHED : ttl).multipliedBy(2).dividedBy(3);
    Thread.ofVirtual().name("running-requests").start(this::run);
  }

  /** A request that runs. */
  private record Held(Granted granted, Consumer<Denied> onDenied, AtomicBoolean told) {
    /** Told once only, whoever finds out first. */
    void end(Denied denied) {
      if (told.compareAndSet(false, true)) {
        onDenied.accept(denied);
      }
    }

    /** One entry for each request: two equal ones are two. */
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  Access.Watch add(Credential credential, Granted granted, Consumer<Denied> onDenied) {
    Held request = new Held(granted, onDenied, new AtomicBoolean());
    held.compute(
        credential,
        (key, others) -> {
          if (others == null) {
            looked.put(credential, answers.askedAt(credential).orElseGet(clock::instant));
          }
          Set<Held> all = others == null ? ConcurrentHashMap.newKeySet() : others;
          all.add(request);
          return all;
        });
    return () -> {
      request.told().set(true);
      remove(credential, request);
    };
  }

  private void remove(Credential credential, Held request) {
    held.computeIfPresent(
        credential,
        (key, all) -> {
          all.remove(request);
          if (all.isEmpty()) {
            looked.remove(credential);
            return null;
          }
          return all;
        });
  }

  private void run() {
    Duration tick = age.dividedBy(4);
    tick = tick.compareTo(LONGEST_TICK) > 0 ? LONGEST_TICK : tick;
    tick = tick.compareTo(SHORTEST_TICK) < 0 ? SHORTEST_TICK : tick;
    try {
      while (!closed.await(tick.toNanos(), TimeUnit.NANOSECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks at every credential whose answer has become old, and returns when all have answers. */
  void look() throws InterruptedException {
    List<Credential> due = new ArrayList<>();
    for (Credential credential : held.keySet()) {
      if (isDue(credential)) {
        due.add(credential);
      }
    }
    CountDownLatch done = new CountDownLatch(due.size());
    for (Credential credential : due) {
      calls.acquire();
      Thread.ofVirtual()
          .name("running-request")
          .start(() -> {
            try {
              if (closed.getCount() > 0) {
                look(credential);
              }
            } finally {
              calls.release();
              done.countDown();
            }
          });
    }
    done.await();
  }

  private boolean isDue(Credential credential) {
    Instant last = looked.getOrDefault(credential, Instant.EPOCH);
    return isOld(last) || isNews(credential, last);
  }

  private boolean isOld(Instant answer) {
    return !clock.instant().isBefore(answer.plus(age));
  }

  private boolean isNews(Credential credential, Instant last) {
    return answers.askedAt(credential).filter(asked -> asked.isAfter(last)).isPresent();
  }

  private void look(Credential credential) {
    Instant last = looked.getOrDefault(credential, Instant.EPOCH);
    Instant now = clock.instant();
    Optional<Instant> news = answers.askedAt(credential).filter(asked -> asked.isAfter(last));
    boolean fresh = news.isPresent() && !isOld(news.get());
    Decision decision =
        (fresh ? answers.known(credential) : Optional.<Decision>empty())
            .orElseGet(() -> look.apply(credential));
    Set<Held> requests = held.getOrDefault(credential, Set.of());
    switch (decision) {
      case Granted granted -> {
        looked.computeIfPresent(credential, (key, before) -> fresh ? news.get() : now);
        requests.stream()
            .filter(request -> !request.granted().equals(granted))
            .forEach(request -> end(credential, request, CHANGED));
      }
      case Denied denied when isRefusal(denied) ->
          requests.forEach(request -> end(credential, request, denied));
      case Denied denied ->
          log.atDebug()
              .addKeyValue("agent_id", credential.agentId())
              .addKeyValue("status_code", denied.status())
              .log("Running requests go on while GitLab gives no answer");
    }
  }

  private void end(Credential credential, Held request, Denied denied) {
    remove(credential, request);
    request.end(denied);
  }

  private static boolean isRefusal(Denied denied) {
    return denied.status() == 401 || denied.status() == 403 || denied.status() == 404;
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
