package io.mooring.agentk.kas;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mooring.protocol.automata.MessageOrder;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.RequestInfo;
import io.mooring.wire.reversetunnel.rpc.ReverseTunnelGrpc;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The kas side of {@code Connect}: keeps the tunnels that an agent opens until a test uses or ends
 * them. Each holds its agent to the order that the .proto files declare.
 */
public final class Tunnels extends ReverseTunnelGrpc.ReverseTunnelImplBase {
  private static final long BOUND_SECONDS = 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<OpenTunnel> idle = new ArrayDeque<>();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private int opened;
  private int open;
  private Optional<Status> refusal = Optional.empty();

  @Override
  public StreamObserver<ConnectRequest> connect(StreamObserver<ConnectResponse> answer) {
    var stream = (ServerCallStreamObserver<ConnectResponse>) answer;
    stream.disableAutoRequest();
    var tunnel = new OpenTunnel(stream);
    lock.lock();
    try {
      opened++;
      open++;
    } finally {
      lock.unlock();
    }
    stream.setOnCancelHandler(tunnel::cancelled);
    stream.request(1);
    return tunnel;
  }

  /** Ends new tunnels at once, from now on. */
  public void refuse(Status status) {
    lock.lock();
    try {
      refusal = Optional.of(status);
    } finally {
      lock.unlock();
    }
  }

  /** Takes new tunnels again. */
  public void accept() {
    lock.lock();
    try {
      refusal = Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** As of a kas that asks GitLab first whose token it is. */
  private Optional<Status> refusal() {
    lock.lock();
    try {
      return refusal;
    } finally {
      lock.unlock();
    }
  }

  /** Tunnels that can be used now. */
  public int idle() {
    lock.lock();
    try {
      return idle.size();
    } finally {
      lock.unlock();
    }
  }

  /** Streams that did not end yet. */
  public int open() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** Streams there ever were. */
  public int opened() {
    lock.lock();
    try {
      return opened;
    } finally {
      lock.unlock();
    }
  }

  /** What agents did that is not allowed. */
  public List<String> faults() {
    return faults;
  }

  /** A tunnel that nobody uses; waits for one. */
  public OpenTunnel take() throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    lock.lock();
    try {
      while (idle.isEmpty()) {
        if (left <= 0) {
          throw new AssertionError("no tunnel within " + BOUND_SECONDS + " s");
        }
        left = changed.awaitNanos(left);
      }
      return idle.removeFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Calls a method of the agent. */
  public CarriedCall call(RequestInfo request) throws InterruptedException {
    return take().use(request);
  }

  /** Calls a method of the agent, without metadata. */
  public CarriedCall call(String method) throws InterruptedException {
    return call(RequestInfo.newBuilder().setMethodName("/" + method).build());
  }

  /** One {@code Connect} stream. */
  public final class OpenTunnel implements StreamObserver<ConnectRequest> {
    private final ServerCallStreamObserver<ConnectResponse> stream;
    private final MessageOrder order = MessageOrder.of(ConnectRequest.getDescriptor());
    private volatile ConnectRequest descriptor = ConnectRequest.getDefaultInstance();
    private volatile CarriedCall user;

    private OpenTunnel(ServerCallStreamObserver<ConnectResponse> stream) {
      this.stream = stream;
      this.user = new CarriedCall(stream);
    }

    /** The first message. */
    public ConnectRequest descriptor() {
      return descriptor;
    }

    /** Ends it. */
    public void end(Status status) {
      over();
      if (status.isOk()) {
        stream.onCompleted();
      } else {
        stream.onError(status.asRuntimeException());
      }
    }

    /** Sends what comes first. */
    public CarriedCall use(RequestInfo request) {
      user.sendRaw(ConnectResponse.newBuilder().setRequestInfo(request).build());
      return user;
    }

    /** For messages in an order of the test's own. */
    public CarriedCall raw() {
      return user;
    }

    @Override
    public void onNext(ConnectRequest message) {
      try {
        order.next(message);
      } catch (StatusRuntimeException e) {
        faults.add(e.getMessage());
        end(refusal().orElse(e.getStatus()));
        return;
      }
      if (message.hasDescriptorMessage()) {
        descriptor = message;
        Optional<Status> refused = refusal();
        lock.lock();
        try {
          if (refused.isEmpty()) {
            idle.addLast(this);
            changed.signalAll();
          }
        } finally {
          lock.unlock();
        }
        refused.ifPresent(this::end);
      } else {
        user.received(message);
      }
    }

    @Override
    public void onError(Throwable cause) {
      // Told by the handler for cancellation.
    }

    private void cancelled() {
      over();
      user.cancelledByAgent();
    }

    @Override
    public void onCompleted() {
      try {
        order.end();
      } catch (StatusRuntimeException e) {
        faults.add(e.getMessage());
      }
      over();
      user.halfClosedByAgent();
    }

    private void over() {
      lock.lock();
      try {
        idle.remove(this);
        open--;
      } finally {
        lock.unlock();
      }
    }
  }
}
