package io.mooring.kas.ratelimit;

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
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses RPCs of a token that has started too many in this minute (redis-observability.md 3). The
 * token has not been checked by then. A store that fails refuses too. Blocks on the store, so it
 * runs on virtual threads.
 */
public final class AgentRpcLimit implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(AgentRpcLimit.class);
  private static final Duration TTL = Duration.ofSeconds(59);
  private static final Status EXHAUSTED =
      Status.RESOURCE_EXHAUSTED.withDescription(
          "new connection rate limit exhausted for this agent, try again later");

  private final LimitedCounters counters;
  private final long limit;
  private final InstantSource clock;
  private final Counter exceeded;

  /**
   * For all RPCs of the agent server.
   *
   * @param limit RPCs a minute
   * @param exceeded counts refusals for exceeding the limit
   */
  public AgentRpcLimit(
      LimitedCounters counters, long limit, InstantSource clock, Counter exceeded) {
    this.counters = counters;
    this.limit = limit;
    this.clock = clock;
    this.exceeded = exceeded;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (allowed(AgentToken.current())) {
      return next.startCall(call, headers);
    }
    call.close(EXHAUSTED, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private boolean allowed(AgentToken token) {
    int minute = clock.instant().atZone(ZoneOffset.UTC).getMinute();
    Key key = Key.named("agent_limit:").bytes(token.halfDigest()).text(":").octet(minute);
    try {
      if (counters.tryIncrement(key, limit, TTL)) {
        return true;
      }
      exceeded.inc();
      log.atDebug().addKeyValue("token_limit", limit).log("An agent starts too many RPCs");
      return false;
    } catch (StoreException e) {
      log.atWarn().setCause(e).log("Cannot count RPCs of agents, refusing them");
      return false;
    }
  }
}
