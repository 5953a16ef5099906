package io.mooring.gitaly.call;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.mooring.protocol.jwt.GitalyToken;
import io.mooring.protocol.secret.Secret;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in who signs with the token (wire.md 3.5, gitlab-side.md 8.1); guards every service, health
 * and reflection too. While a token is being changed, "transitioning" checks and counts but refuses
 * nobody.
 */
public final class TokenAuthentication implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(TokenAuthentication.class);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Secret token;
  private final boolean transitioning;
  private final InstantSource clock;
  private final LongAdder unauthenticated = new LongAdder();

  /** Checks against the token by the clock. */
  public TokenAuthentication(Secret token, boolean transitioning, InstantSource clock) {
    this.token = token;
    this.transitioning = transitioning;
    this.clock = clock;
  }

  /** Number of calls that had no valid token so far, refused or not. */
  public long unauthenticated() {
    return unauthenticated.sum();
  }

  @Override
  public <Q, T> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, T> call, Metadata headers, ServerCallHandler<Q, T> next) {
    String header = headers.get(AUTHORIZATION);
    GitalyToken.Verdict verdict =
        GitalyToken.verify(token, header == null ? "" : header, clock.instant());
    if (verdict == GitalyToken.Verdict.ACCEPTED) {
      return next.startCall(call, headers);
    }
    unauthenticated.increment();
    if (transitioning) {
      return next.startCall(call, headers);
    }
    Status refusal =
        verdict == GitalyToken.Verdict.MISSING
            ? Status.UNAUTHENTICATED.withDescription("authentication required")
            : Status.PERMISSION_DENIED.withDescription("permission denied");
    LOG.atInfo()
        .addKeyValue("grpc_method", call.getMethodDescriptor().getFullMethodName())
        .addKeyValue("status_code", refusal.getCode())
        .log("Call refused");
    call.close(refusal, new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
