package io.mooring.agentk.kas;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.mooring.wire.reversetunnel.rpc.CloseSend;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An RPC through a tunnel, as kas sees it. Reads only what the test asks for. Any thread. */
public final class CarriedCall {
  private static final long BOUND_SECONDS = 20;

  private final ServerCallStreamObserver<ConnectResponse> stream;
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private boolean ended;

  /** What the agent did. */
  public sealed interface Event {
    /** It sent a message. */
    record Sent(ConnectRequest message) implements Event {}

    /** It has no more to send. */
    record HalfClosed() implements Event {}

    /** It broke the stream off. */
    record Cancelled() implements Event {}
  }

  /**
   * All that an RPC answered.
   *
   * @param status as the last message tells; OK without one
   */
  public record Answer(
      List<ByteString> messages, ConnectRequest trailer, com.google.rpc.Status status) {
    /** The code of the status. */
    public Status.Code code() {
      return Status.fromCodeValue(status.getCode()).getCode();
    }
  }

  CarriedCall(ServerCallStreamObserver<ConnectResponse> stream) {
    this.stream = stream;
  }

  /** Sends a message of the RPC. */
  public CarriedCall send(MessageLite message) {
    return send(message.toByteString());
  }

  /** Sends a message of the RPC. */
  public CarriedCall send(ByteString bytes) {
    return sendRaw(
        ConnectResponse.newBuilder().setMessage(Message.newBuilder().setData(bytes)).build());
  }

  /** Sends anything. */
  public synchronized CarriedCall sendRaw(ConnectResponse message) {
    stream.onNext(message);
    return this;
  }

  /** Whether the agent takes more now. */
  public boolean isReady() {
    return stream.isReady();
  }

  /** No more messages. */
  public CarriedCall closeSend() {
    return sendRaw(
        ConnectResponse.newBuilder().setCloseSend(CloseSend.getDefaultInstance()).build());
  }

  /** Gives the RPC up, as kas does when its client went away. */
  public void cancel() {
    end(Status.CANCELLED.withDescription("read from incoming stream"));
  }

  /** Ends the stream. */
  public synchronized void end(Status status) {
    if (!ended) {
      ended = true;
      if (status.isOk()) {
        stream.onCompleted();
      } else {
        stream.onError(status.asRuntimeException());
      }
    }
  }

  /** Takes so many more messages. */
  public CarriedCall request(int count) {
    stream.request(count);
    return this;
  }

  /** What the agent does next. */
  public Event next() throws InterruptedException, TimeoutException {
    Event event = events.poll(BOUND_SECONDS, TimeUnit.SECONDS);
    if (event == null) {
      throw new TimeoutException("nothing from the agent within " + BOUND_SECONDS + " s");
    }
    return event;
  }

  /** Whether the agent did something that was not looked at. */
  public boolean hasNext() {
    return !events.isEmpty();
  }

  /** The next message, asked for now. */
  public ConnectRequest nextMessage() throws InterruptedException, TimeoutException {
    request(1);
    Event event = next();
    if (event instanceof Event.Sent(ConnectRequest message)) {
      return message;
    }
    throw new AssertionError("the agent did " + event + " (expected: a message)");
  }

  /** Reads to the end, and ends the stream as kas does. */
  public Answer answer() throws InterruptedException, TimeoutException {
    request(Integer.MAX_VALUE);
    List<ByteString> messages = new ArrayList<>();
    ConnectRequest trailer = ConnectRequest.getDefaultInstance();
    com.google.rpc.Status status = com.google.rpc.Status.getDefaultInstance();
    while (true) {
      switch (next()) {
        case Event.Sent(ConnectRequest message) -> {
          switch (message.getMsgCase()) {
            case MESSAGE -> messages.add(message.getMessage().getData());
            case TRAILER -> trailer = message;
            case ERROR -> status = message.getError().getStatus();
            case HEADER, DESCRIPTOR_MESSAGE, MSG_NOT_SET -> {}
          }
        }
        case Event.HalfClosed() -> {
          end(Status.OK);
          return new Answer(messages, trailer, status);
        }
        case Event.Cancelled() -> throw new AssertionError("the agent cancelled");
      }
    }
  }

  void received(ConnectRequest message) {
    events.add(new Event.Sent(message));
  }

  void halfClosedByAgent() {
    events.add(new Event.HalfClosed());
  }

  void cancelledByAgent() {
    events.add(new Event.Cancelled());
  }
}
