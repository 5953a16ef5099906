package io.mooring.agentk.connection;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/** Makes an unreachable kas a reason to wait and not to fail (wire.md 2.1). */
final class WaitForReady implements ClientInterceptor {
  @Override
  public <Q, S> ClientCall<Q, S> interceptCall(
      MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
    return next.newCall(method, options.withWaitForReady());
  }
}
