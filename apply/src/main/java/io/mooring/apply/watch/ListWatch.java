package io.mooring.apply.watch;

import io.mooring.apply.cluster.ApiException;
import io.mooring.apply.cluster.Cancellation;
import io.mooring.apply.cluster.Crew;
import io.mooring.apply.cluster.KubernetesApi;
import io.mooring.apply.cluster.WatchStream;
import io.mooring.apply.object.JsonObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists objects once and watches them from there. A watch that ends is resumed where it was; only
 * when the server no longer knows that place (410) is there one new list. Keeps no objects, so its
 * memory is that of one event.
 */
public final class ListWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ListWatch.class);

  /**
   * Servers end watches after a while to spread load; so does this side, and at no common moment.
   */
  private static final int SHORTEST_WATCH = 180;

  private static final int LONGEST_WATCH = 300;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** How a watch stands. */
  public enum State {
    /** The first list has not come yet. */
    STARTING,
    /** What is there is known, and what happens is seen. */
    SYNCED,
    /** We may not list or watch here. */
    FORBIDDEN,
    /** The server does not have these objects. */
    NOT_SERVED
  }

  private final KubernetesApi api;
  private final Target target;
  private final Sink sink;
  private final RandomGenerator random;
  private final Cancellation cancellation;
  private final CountDownLatch settled = new CountDownLatch(1);
  private final Thread thread;
  private volatile State state = State.STARTING;
  private volatile boolean relist;
  private volatile @Nullable WatchStream open;

  /**
   * Starts watching.
   *
   * @param crew ends the watch with all others
   */
  public ListWatch(KubernetesApi api, Target target, Sink sink, RandomGenerator random, Crew crew) {
    this.api = api;
    this.target = target;
    this.sink = sink;
    this.random = random;
    this.cancellation = crew.cancellation().child();
    this.thread = crew.start("watch " + target.path(), () -> run(crew.cancellation()));
  }

  /** How it stands now. */
  public State state() {
    return state;
  }

  /**
   * Waits until the first list is complete, or is known never to be; returns how it stands then.
   */
  public State await(Duration limit) throws InterruptedException {
    return settled.await(limit.toMillis(), TimeUnit.MILLISECONDS) ? state : State.STARTING;
  }

  /** Lists again at once, in case an event was lost. */
  public void relist() {
    relist = true;
    closeOpen();
  }

  /** Stops; does not wait for the thread. */
  @Override
  public void close() {
    cancellation.cancel();
    closeOpen();
    thread.interrupt();
  }

  private void closeOpen() {
    WatchStream stream = open;
    if (stream != null) {
      stream.close();
    }
  }

  private void run(Cancellation parent) {
    String version = "";
    boolean exact = false;
    int failures = 0;
    try {
      while (!cancellation.isCancelled()) {
        try {
          if (version.isEmpty() || relist) {
            relist = false;
            version = list(exact);
            settle(State.SYNCED);
          }
          exact = false;
          version = watch(version);
          failures = 0;
        } catch (WatchFailure e) {
          version = e.cause().isGone() ? "" : e.version();
          exact = e.cause().isGone();
          if (cancellation.isCancelled() || stopsAt(e.cause())) {
            return;
          }
          failures = e.progressed() ? 1 : failures + 1;
          if (!relist && !(e.cause().isGone() && failures == 1)) {
            note(e.cause(), failures);
            cancellation.await(pause(failures, e.cause()));
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      settled.countDown();
      parent.forget(cancellation);
    }
  }

  private String list(boolean exact) throws WatchFailure, InterruptedException {
    try {
      if (target.fromNow()) {
        return api.now(target.path(), target.query());
      }
      Set<String> names = new HashSet<>();
      String version =
          api.list(
              target.path(),
              target.query(),
              exact,
              object -> {
                names.add(name(object));
                sink.present(object);
              });
      sink.listed(names);
      return version;
    } catch (ApiException e) {
      throw new WatchFailure(e, "", false);
    }
  }

  /** Follows one watch to its end and returns how far it came. */
  private String watch(String from) throws WatchFailure, InterruptedException {
    String version = from;
    int seconds = random.nextInt(SHORTEST_WATCH, LONGEST_WATCH);
    boolean progressed = false;
    try (WatchStream stream =
        api.watch(target.path(), target.query(), from, Duration.ofSeconds(seconds))) {
      open = stream;
      if (cancellation.isCancelled() || relist) {
        return version;
      }
      while (true) {
        Optional<JsonObject> event = stream.next();
        if (event.isEmpty()) {
          break;
        }
        version = accept(event.get(), version);
        progressed = true;
      }
    } catch (ApiException e) {
      throw new WatchFailure(e, version, progressed);
    } finally {
      open = null;
    }
    if (!progressed) {
      cancellation.await(
          FIRST_PAUSE); // a server that ends every watch at once must not be asked in a loop
    }
    return version;
  }

  private String accept(JsonObject event, String version) throws ApiException {
    JsonObject object = event.object("object");
    switch (event.text("type")) {
      case "ADDED", "MODIFIED" -> sink.present(object);
      case "DELETED" -> sink.absent(object);
      case "ERROR" -> throw ApiException.ofStatus("GET " + target.path(), object);
      default -> {} // BOOKMARK: only says how far the server has come
    }
    String seen = object.text("metadata", "resourceVersion");
    return seen.isEmpty() ? version : seen;
  }

  /** {@code namespace/name}, as {@link Sink#listed} has it. */
  static String name(JsonObject object) {
    return object.text("metadata", "namespace") + "/" + object.text("metadata", "name");
  }

  private boolean stopsAt(ApiException e) {
    switch (e.code()) {
      case 403 -> settle(State.FORBIDDEN);
      case 404, 405 -> settle(State.NOT_SERVED);
      default -> {
        return false;
      }
    }
    log.atWarn()
        .addKeyValue("url_path", target.path())
        .addKeyValue("error", e.getMessage())
        .log("Cannot watch");
    return true;
  }

  private void settle(State reached) {
    state = reached;
    settled.countDown();
  }

  private void note(ApiException e, int failures) {
    // The first one may be a restart of the server; each connection that drops is no news.
    (failures == 3 ? log.atWarn() : log.atDebug())
        .addKeyValue("url_path", target.path())
        .addKeyValue("error", e.getMessage())
        .log("Watch failed, trying again");
  }

  private Duration pause(int failures, ApiException e) {
    long base =
        Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures - 1, 10));
    return e.retryAfter().plusMillis(base / 2 + random.nextLong(base));
  }

  /** A watch that ended with an error, and how far it had come. */
  private static final class WatchFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private final ApiException failure;
    private final String version;
    private final boolean progressed;

    WatchFailure(ApiException failure, String version, boolean progressed) {
      super(failure);
      this.failure = failure;
      this.version = version;
      this.progressed = progressed;
    }

    ApiException cause() {
      return failure;
    }

    String version() {
      return version;
    }

    boolean progressed() {
      return progressed;
    }
  }
}
