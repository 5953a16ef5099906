package io.mooring.kas.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses RPCs of a token that has started too many in this minute (redis-observability.md 3). The
 * token has not been checked by then. Blocks on the store, so it runs on virtual threads.
 *
 * <p>A store that fails refuses too, with one exception: methods that keep an agent of this replica
 * in use are allowed to tokens that the store has let through here before. They are counted in
 * memory then, and do not wait for a store that hangs.
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
  private final Cache<AgentToken, MinuteCount> known;
  private volatile Instant suspectUntil = Instant.MIN;

  /**
   * For all RPCs of the agent server.
   *
   * @param vital full names of the methods that keep agents in use
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
    if (allowed(AgentToken.current(), call.getMethodDescriptor().getFullMethodName())) {
      return next.startCall(call, headers);
    }
    call.close(EXHAUSTED, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private boolean allowed(AgentToken token, String method) {
    int minute = clock.instant().atZone(ZoneOffset.UTC).getMinute();
    MinuteCount local = vital.contains(method) ? known.getIfPresent(token) : null;
    boolean allowed;
    try {
      allowed = local == null ? counted(token, minute) : counted(token, minute, local);
    } catch (StoreException e) {
      log.atWarn().setCause(e).log("Cannot count RPCs of agents, refusing them");
      return false;
    }
    if (!allowed) {
      exceeded.inc();
      log.atDebug().addKeyValue("token_limit", limit).log("An agent starts too many RPCs");
    }
    return allowed;
  }

  private boolean counted(AgentToken token, int minute) throws StoreException {
    Key key = Key.named("agent_limit:").bytes(token.halfDigest()).text(":").octet(minute);
    boolean allowed = counters.tryIncrement(key, limit, TTL);
    if (allowed && known.getIfPresent(token) == null) {
      known.put(token, new MinuteCount());
    }
    return allowed;
  }

  private boolean counted(AgentToken token, int minute, MinuteCount local) {
    if (clock.instant().isBefore(suspectUntil)) {
      return local.tryIncrement(minute, limit);
    }
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("count-rpc")
        .start(() -> {
          try {
            answer.complete(counted(token, minute));
          } catch (StoreException e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      suspectUntil = clock.instant().plus(SUSPICION);
      log.atWarn()
          .setCause(e instanceof ExecutionException ? e.getCause() : e)
          .log("Counting tunnels of agents in memory while the store gives no answer");
      return local.tryIncrement(minute, limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
