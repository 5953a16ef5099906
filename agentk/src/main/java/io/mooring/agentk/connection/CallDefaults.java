package io.mooring.agentk.connection;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What every RPC carries: the token, the user's headers, and gzip (wire.md 2.2, 3.1, 4). */
final class CallDefaults implements ClientInterceptor {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final TokenSource token;
  private final Map<Metadata.Key<String>, String> headers;

  CallDefaults(TokenSource token, List<KasHeader> headers) {
    this.token = token;
    Map<Metadata.Key<String>, String> joined = new LinkedHashMap<>();
    headers.forEach(
        header -> joined.merge(header.key(), header.value(), (first, next) -> first + "," + next));
    this.headers = joined;
  }

  @Override
  public <Q, S> ClientCall<Q, S> interceptCall(
      MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options.withCompression("gzip"))) {
      @Override
      public void start(Listener<S> listener, Metadata metadata) {
        headers.forEach(metadata::put);
        metadata.discardAll(AUTHORIZATION);
        metadata.put(AUTHORIZATION, "Bearer " + token.token().text());
        super.start(listener, metadata);
      }
    };
  }
}
