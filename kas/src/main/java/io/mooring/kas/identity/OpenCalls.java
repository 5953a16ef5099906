package io.mooring.kas.identity;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the RPCs that run for each token, to end them when GitLab no longer accepts it. Any thread.
 */
public final class OpenCalls implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(OpenCalls.class);

  private final Map<AgentToken, Set<RevocableCall<?, ?>>> calls = new ConcurrentHashMap<>();

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    AgentToken token = AgentToken.current();
    Context.CancellableContext context = Context.current().withCancellation();
    RevocableCall<Q, R> revocable = new RevocableCall<>(call, context);
    add(token, revocable);
    ServerCall.Listener<Q> listener = Contexts.interceptCall(context, revocable, headers, next);
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onComplete() {
        end();
        super.onComplete();
      }

      @Override
      public void onCancel() {
        end();
        super.onCancel();
      }

      private void end() {
        remove(token, revocable);
        context.cancel(null);
      }
    };
  }

  /** Tokens for which something runs. */
  List<AgentToken> tokens() {
    return List.copyOf(calls.keySet());
  }

  /** Ends all RPCs of a token with this status; their handlers are cancelled. */
  public void revoke(AgentToken token, Status status) {
    Set<RevocableCall<?, ?>> open = calls.remove(token);
    if (open != null) {
      open.forEach(call -> call.revoke(status));
      log.atInfo()
          .addKeyValue("status_code", status.getCode())
          .addKeyValue("count", open.size())
          .log("Ended what ran for a token that GitLab refuses");
    }
  }

  private void add(AgentToken token, RevocableCall<?, ?> call) {
    calls.compute(
        token,
        (key, others) -> {
          Set<RevocableCall<?, ?>> all = others == null ? ConcurrentHashMap.newKeySet() : others;
          all.add(call);
          return all;
        });
  }

  private void remove(AgentToken token, RevocableCall<?, ?> call) {
    calls.computeIfPresent(
        token,
        (key, all) -> {
          all.remove(call);
          return all.isEmpty() ? null : all;
        });
  }

  /** Ends once, whoever comes first: its handler, or the revocation. */
  private static final class RevocableCall<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final Context.CancellableContext context;
    private boolean closed;

    RevocableCall(ServerCall<Q, R> call, Context.CancellableContext context) {
      super(call);
      this.context = context;
    }

    void revoke(Status status) {
      close(status, new Metadata());
      context.cancel(status.asException());
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!closed) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(R message) {
      if (!closed) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    }
  }
}
