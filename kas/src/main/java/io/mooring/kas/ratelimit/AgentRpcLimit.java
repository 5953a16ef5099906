package io.mooring.kas.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.store.Key;
import io.mooring.kas.store.LimitedCounters;
import io.mooring.kas.store.StoreException;
import io.prometheus.metrics.core.metrics.Counter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses RPCs of a token that has started too many in this minute (redis-observability.md 3). The
 * token has not been checked by then. Blocks on the store, so it runs on virtual threads; except
 * for vital methods, which wait for it without a thread.
 *
 * <p>A store that fails refuses too, with one exception: vital methods, which keep an agent of this
 * replica in use, are allowed to tokens that the store has let through here before. They are
 * counted in memory then, and do not wait for a store that hangs.
 */
public final class AgentRpcLimit implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(AgentRpcLimit.class);
  private static final Duration TTL = Duration.ofSeconds(59);
  private static final Status EXHAUSTED =
      Status.RESOURCE_EXHAUSTED.withDescription(
          "new connection rate limit exhausted for this agent, try again later");

  /** Twice the agents one replica is built for; the least used are forgotten first. */
  private static final int MAX_KNOWN = 20_000;

  /** Twice the longest life of a connection: an agent that is here has called within it. */
  private static final Duration KNOWN_FOR = Duration.ofHours(4);

  /** A healthy store answers within a hundredth of it. */
  static final Duration PATIENCE = Duration.ofMillis(250);

  /** How long a store that failed or hung is not waited for again. */
  static final Duration SUSPICION = Duration.ofSeconds(5);

  private final LimitedCounters counters;
  private final Set<String> vital;
  private final long limit;
  private final InstantSource clock;
  private final Counter exceeded;
  private final Cache<AgentToken, Known> known;
  private volatile Instant suspectUntil = Instant.MIN;

  /**
   * A token that the store has let through.
   *
   * @param key all of its key in the store but the minute
   */
  private record Known(Key key, MinuteCount count) {}

  /**
   * For all RPCs of the agent server.
   *
   * @param vital full names of the methods that keep agents in use; their handlers do not block
   * @param limit RPCs a minute
   * @param exceeded counts refusals for exceeding the limit
   */
  public AgentRpcLimit(
      LimitedCounters counters,
      Set<String> vital,
      long limit,
      InstantSource clock,
      Counter exceeded) {
    this.counters = counters;
    this.vital = Set.copyOf(vital);
    this.limit = limit;
    this.clock = clock;
    this.exceeded = exceeded;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(MAX_KNOWN)
            .expireAfterAccess(KNOWN_FOR)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .executor(Runnable::run)
            .build();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    AgentToken token = AgentToken.current();
    if (!vital.contains(call.getMethodDescriptor().getFullMethodName())) {
      return answer(allowed(token), call, headers, next);
    }
    CompletableFuture<Boolean> allowed = allowedVital(token);
    // hot: every tunnel passes here; the store of a single replica has answered. Benchmark B1.
    if (allowed.isDone()) {
      return answer(allowed.join(), call, headers, next);
    }
    PendingListener<Q> pending = new PendingListener<>();
    Context context = Context.current();
    var _ =
        allowed.thenAccept(verdict ->
            pending.become(() -> within(context, () -> answer(verdict, call, headers, next))));
    return pending;
  }

  private static <T> T within(Context context, Supplier<T> work) {
    Context before = context.attach();
    try {
      return work.get();
    } finally {
      context.detach(before);
    }
  }

  private static <Q, R> ServerCall.Listener<Q> answer(
      boolean allowed, ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (allowed) {
      return next.startCall(call, headers);
    }
    call.close(EXHAUSTED, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private boolean allowed(AgentToken token) {
    Key key = key(token);
    try {
      return judged(token, key, counters.tryIncrement(key.octet(minute()), limit, TTL));
    } catch (StoreException e) {
      return refusedBy(e);
    }
  }

  /** Never fails. */
  private CompletableFuture<Boolean> allowedVital(AgentToken token) {
    Known here = known.getIfPresent(token);
    int minute = minute();
    if (here == null) {
      Key key = key(token);
      return counters
          .increment(key.octet(minute), limit, TTL)
          .handle(
              (added, failure) -> failure == null ? judged(token, key, added) : refusedBy(failure));
    }
    if (clock.instant().isBefore(suspectUntil)) {
      return CompletableFuture.completedFuture(inMemory(here, minute));
    }
    CompletableFuture<Boolean> answer = counters.increment(here.key().octet(minute), limit, TTL);
    if (!answer.isDone()) {
      var _ = answer.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
    return answer.handle((added, failure) ->
        failure == null ? counted(added) : countedInMemory(here, minute, failure));
  }

  private int minute() {
    return clock.instant().atZone(ZoneOffset.UTC).getMinute();
  }

  private static Key key(AgentToken token) {
    return Key.named("agent_limit:").bytes(token.halfDigest()).text(":");
  }

  /** What the store says of a token that may be new here. */
  private boolean judged(AgentToken token, Key key, boolean added) {
    if (added && known.getIfPresent(token) == null) {
      known.put(token, new Known(key, new MinuteCount()));
    }
    return counted(added);
  }

  private boolean counted(boolean added) {
    if (!added) {
      exceeded.inc();
      log.atDebug().addKeyValue("token_limit", limit).log("An agent starts too many RPCs");
    }
    return added;
  }

  private boolean inMemory(Known here, int minute) {
    return counted(here.count().tryIncrement(minute, limit));
  }

  private boolean countedInMemory(Known here, int minute, Throwable failure) {
    suspectUntil = clock.instant().plus(SUSPICION);
    log.atWarn()
        .setCause(failure)
        .log("Counting tunnels of agents in memory while the store gives no answer");
    return inMemory(here, minute);
  }

  private static boolean refusedBy(Throwable failure) {
    log.atWarn().setCause(failure).log("Cannot count RPCs of agents, refusing them");
    return false;
  }
}
