package io.mooring.kas.identity;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.protocol.jwt.JwtRejectedException;
import io.mooring.protocol.jwt.JwtVerifier;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets only calls with a valid JWT through (wire.md 3.2, 3.3). The caller is told nothing of the
 * reason; it is counted, and logged at debug.
 */
public final class JwtInterceptor implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(JwtInterceptor.class);
  private static final Status REFUSED =
      Status.UNAUTHENTICATED.withDescription("JWT validation failed");

  private final String server;
  private final JwtVerifier verifier;
  private final Counter rejections;

  /**
   * For one server.
   *
   * @param server its name in the metric
   * @param rejections counter with the labels {@code server} and {@code reason}
   */
  public JwtInterceptor(String server, JwtVerifier verifier, Counter rejections) {
    this.server = server;
    this.verifier = verifier;
    this.rejections = rejections;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    try {
      verifier.verify(Bearer.token(headers).text());
    } catch (StatusException e) {
      return refuse(call, e.getStatus(), "missing");
    } catch (JwtRejectedException e) {
      return refuse(call, REFUSED, e.reason().name().toLowerCase(Locale.ROOT));
    }
    return next.startCall(call, headers);
  }

  private <Q, R> ServerCall.Listener<Q> refuse(
      ServerCall<Q, R> call, Status status, String reason) {
    rejections.labelValues(server, reason).inc();
    log.atDebug()
        .addKeyValue("status_code", status.getCode())
        .log("Refused a call without a valid JWT");
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
