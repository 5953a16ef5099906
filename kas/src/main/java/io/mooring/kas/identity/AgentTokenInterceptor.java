package io.mooring.kas.identity;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusException;

/** Takes the agent's token from the metadata into the context. Nothing is asked of GitLab here. */
public final class AgentTokenInterceptor implements ServerInterceptor {
  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    try {
      AgentToken token = new AgentToken(Bearer.token(headers));
      Context context = Peer.of(call).within(token.within(Context.current()));
      return Contexts.interceptCall(context, call, headers, next);
    } catch (StatusException e) {
      call.close(e.getStatus(), new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }
}
