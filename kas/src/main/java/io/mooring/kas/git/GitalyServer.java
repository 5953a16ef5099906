package io.mooring.kas.git;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.mooring.protocol.jwt.GitalyToken;
import io.mooring.protocol.secret.Secret;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** One connection to a Gitaly server, with its credentials and its own rate limit. Thread-safe. */
final class GitalyServer {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final ManagedChannel channel;
  private final Secret token;
  private final RateLimit limit;
  private final InstantSource clock;

  GitalyServer(ManagedChannel channel, Secret token, RateLimit limit, InstantSource clock) {
    this.channel = channel;
    this.token = token;
    this.limit = limit;
    this.clock = clock;
  }

  /** Of this connection alone. */
  RateLimit limit() {
    return limit;
  }

  /**
   * A channel whose calls carry a fresh token (wire.md 3.5) and the feature flags, verbatim, and
   * are counted.
   *
   * @throws IllegalArgumentException when a flag cannot be a metadata key
   */
  Channel channel(Map<String, String> features, Traffic traffic) {
    Metadata flags = new Metadata();
    features.forEach(
        (key, value) -> flags.put(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER), value));
    return ClientInterceptors.intercept(channel, new Headers(flags, traffic.tracers()));
  }

  ManagedChannel transport() {
    return channel;
  }

  private final class Headers implements ClientInterceptor {
    private final Metadata flags;
    private final ClientStreamTracer.Factory tracers;

    Headers(Metadata flags, ClientStreamTracer.Factory tracers) {
      this.flags = flags;
      this.tracers = tracers;
    }

    @Override
    public <Q, S> ClientCall<Q, S> interceptCall(
        MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(
          next.newCall(method, options.withStreamTracerFactory(tracers))) {
        @Override
        public void start(Listener<S> listener, Metadata headers) {
          headers.merge(flags);
          if (!token.isEmpty()) {
            Instant now = clock.instant();
            headers.put(AUTHORIZATION, GitalyToken.header(token, now));
          }
          super.start(listener, headers);
        }
      };
    }
  }
}
