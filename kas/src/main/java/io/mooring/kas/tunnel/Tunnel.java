package io.mooring.kas.tunnel;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.SynchronizationContext;
import io.mooring.kas.rpc.AgeContext;
import io.mooring.protocol.automata.MessageOrder;
import io.mooring.wire.reversetunnel.info.AgentDescriptor;
import io.mooring.wire.reversetunnel.info.Service;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code Connect} stream of an agent, from its first message to its end. Everything happens in
 * its synchronization context, one event after another; only {@link #state} belongs to the lock of
 * the registry.
 */
final class Tunnel extends ServerCall.Listener<ConnectRequest> {
  /** Methods one agent may offer; today's offer one. */
  static final int MAX_METHODS = 1_000;

  private static final Logger log = LoggerFactory.getLogger(Tunnel.class);

  private final SynchronizationContext events =
      new SynchronizationContext((thread, failure) -> failed(failure));
  private final ServerCall<ConnectRequest, ConnectResponse> call;
  private final TunnelRegistry registry;
  private final AgentProgram program;
  private final AgeContext age;
  private final MessageOrder order = MessageOrder.of(ConnectRequest.getDescriptor());
  private AgeContext.@Nullable Registration aging;
  private @Nullable TunnelCall user;
  private boolean described;
  private boolean headersSent;
  private boolean closed;

  // Set before the registry has it, never changed afterwards.
  private volatile long agentId;
  private volatile Set<String> methods = Set.of();

  /** Guarded by the lock of the registry. */
  TunnelState state = TunnelState.NEW;

  Tunnel(
      ServerCall<ConnectRequest, ConnectResponse> call,
      TunnelRegistry registry,
      AgentProgram program,
      AgeContext age) {
    this.call = call;
    this.registry = registry;
    this.program = program;
    this.age = age;
  }

  SynchronizationContext events() {
    return events;
  }

  long agentId() {
    return agentId;
  }

  AgentProgram program() {
    return program;
  }

  /** Whether the agent offers this method, {@code package.Service/Method}. */
  boolean serves(String method) {
    return methods.contains(method);
  }

  /** The token is this agent's; now it may say what it offers. */
  void identified(long agent) {
    events.execute(() -> {
      agentId = agent;
      if (!closed) {
        call.request(1);
      }
    });
  }

  /** Ends the stream before it was of any use. */
  void refuse(Status status) {
    events.execute(() -> finish(status));
  }

  /** Ends the stream with OK unless it is in use. */
  void expire() {
    events.execute(() -> {
      if (registry.expire(this)) {
        finish(Status.OK);
      }
    });
  }

  @Override
  public void onMessage(ConnectRequest message) {
    events.execute(() -> received(message));
  }

  @Override
  public void onHalfClose() {
    events.execute(this::halfClosed);
  }

  @Override
  public void onCancel() {
    cancelled();
  }

  /** The agent went away, or kas ended the stream because the agent's token is no longer good. */
  void cancelled() {
    events.execute(() ->
        fail(
            Status.CANCELLED.withDescription(
                "read from tunnel: the agent's stream was cancelled")));
  }

  @Override
  public void onReady() {
    events.execute(() -> {
      if (user != null) {
        user.agentTakesMore();
      }
    });
  }

  private void received(ConnectRequest message) {
    if (closed) {
      return;
    }
    try {
      if (!described) {
        describe(message);
      } else if (user == null) {
        fail(Status.INVALID_ARGUMENT.withDescription("nothing was asked of the agent yet"));
      } else {
        order.next(message.getMsgCase().getNumber());
        user.agentSent(message);
      }
    } catch (StatusRuntimeException e) {
      fail(e.getStatus());
    }
  }

  private void describe(ConnectRequest message) {
    if (!message.hasDescriptorMessage()) {
      fail(
          Status.INVALID_ARGUMENT.withDescription(
              "Invalid oneof value type: " + message.getMsgCase()));
      return;
    }
    order.next(message.getMsgCase().getNumber());
    described = true;
    methods = methods(message.getDescriptorMessage().getAgentDescriptor());
    Optional<Status> refusal = registry.add(this);
    if (refusal.isPresent()) {
      fail(refusal.get());
    } else if (!closed) {
      aging = age.onExpire(this::expire);
    }
  }

  private static Set<String> methods(AgentDescriptor descriptor) {
    Set<String> methods = new HashSet<>();
    for (Service service : descriptor.getServicesList()) {
      service
          .getMethodsList()
          .forEach(each -> methods.add(service.getName() + "/" + each.getName()));
      if (methods.size() > MAX_METHODS) {
        throw Status.INVALID_ARGUMENT
            .withDescription("more than " + MAX_METHODS + " methods (expected: fewer)")
            .asRuntimeException();
      }
    }
    return Set.copyOf(methods);
  }

  private void halfClosed() {
    if (closed) {
      return;
    }
    try {
      order.end();
    } catch (StatusRuntimeException e) {
      fail(e.getStatus());
      return;
    }
    TunnelCall finished = user;
    finish(Status.OK);
    if (finished != null) {
      finished.agentEnded();
    }
  }

  /** Whether the tunnel is this call's now. */
  boolean begin(TunnelCall newUser) {
    if (closed || !registry.begin(this)) {
      return false;
    }
    user = newUser;
    return true;
  }

  /** Lets others have it. */
  void giveBack() {
    registry.giveBack(this);
  }

  void send(ConnectResponse message) {
    if (!closed) {
      if (!headersSent) {
        headersSent = true;
        call.sendHeaders(new Metadata());
      }
      call.sendMessage(message);
    }
  }

  void readNext() {
    if (!closed) {
      call.request(1);
    }
  }

  boolean takesMore() {
    return call.isReady();
  }

  /** Ends the stream; nothing is told to the user. */
  void finish(Status status) {
    if (closed) {
      return;
    }
    closed = true;
    user = null;
    registry.end(this);
    if (aging != null) {
      aging.close();
    }
    if (!call.isCancelled()) {
      call.close(status, new Metadata());
    }
  }

  private void fail(Status status) {
    TunnelCall failing = user;
    finish(status);
    if (failing != null) {
      failing.tunnelFailed(status);
    }
  }

  private void failed(Throwable failure) {
    log.atError().setCause(failure).addKeyValue("agent_id", agentId).log("Tunnel failed");
    fail(Status.INTERNAL.withDescription("unexpected error, see the log of kas"));
  }
}
