package io.mooring.gitlab.gitaly;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.mooring.protocol.jwt.GitalyToken;
import io.mooring.protocol.secret.Secret;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.slf4j.MDC;

/**
 * Adds to every call what a Git server wants to see: a fresh token, feature flags, who calls and
 * why.
 */
final class GitalyCredentials implements ClientInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final Metadata.Key<String> CLIENT_NAME = key("client_name");
  private static final Metadata.Key<String> CORRELATION_ID = key("x-gitlab-correlation-id");

  private final Optional<Secret> token;
  private final Map<String, String> features;
  private final InstantSource clock;

  GitalyCredentials(Optional<Secret> token, Map<String, String> features, InstantSource clock) {
    this.token = token;
    this.features = Map.copyOf(features);
    this.clock = clock;
  }

  @Override
  public <Q, S> ClientCall<Q, S> interceptCall(
      MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
    Optional<String> requestId = Optional.ofNullable(MDC.get("request_id"));
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<S> listener, Metadata headers) {
        token.ifPresent(
            secret -> headers.put(AUTHORIZATION, GitalyToken.header(secret, clock.instant())));
        headers.put(CLIENT_NAME, "gitlab-web");
        requestId.ifPresent(id -> headers.put(CORRELATION_ID, id));
        features.forEach((name, value) -> headers.put(key(name), value));
        super.start(listener, headers);
      }
    };
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
