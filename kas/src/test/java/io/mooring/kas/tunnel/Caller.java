package io.mooring.kas.tunnel;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Who makes an RPC through a tunnel, told by a test what to send. */
public final class Caller extends ClientCall.Listener<ByteString> {
  /** How an RPC ended. */
  public record End(Status status, Metadata trailers) {}

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final ClientCall<ByteString, ByteString> call;
  private final CompletableFuture<Metadata> headers = new CompletableFuture<>();
  private final BlockingQueue<ByteString> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<End> end = new CompletableFuture<>();

  private Caller(ClientCall<ByteString, ByteString> call) {
    this.call = call;
  }

  /** Starts the RPC and takes all its messages. */
  public static Caller start(ClientCall<ByteString, ByteString> call, Metadata headers) {
    return start(call, headers, Integer.MAX_VALUE);
  }

  /** Starts the RPC and takes so many messages. */
  public static Caller start(
      ClientCall<ByteString, ByteString> call, Metadata headers, int messages) {
    Caller caller = new Caller(call);
    call.start(caller, headers);
    if (messages > 0) {
      call.request(messages);
    }
    return caller;
  }

  /** Sends a message. */
  public Caller send(ByteString message) {
    call.sendMessage(message);
    return this;
  }

  /** Says that nothing follows. */
  public Caller halfClose() {
    call.halfClose();
    return this;
  }

  /** Gives up. */
  public void cancel(String reason) {
    call.cancel(reason, null);
  }

  /** Takes more messages. */
  public void request(int messages) {
    call.request(messages);
  }

  /** Whether another message would not be queued. */
  public boolean isReady() {
    return call.isReady();
  }

  /** Response headers. */
  public Metadata headers() throws Exception {
    return headers.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The next message. */
  public ByteString next() throws InterruptedException, TimeoutException {
    ByteString message = received.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (message == null) {
      throw new TimeoutException(
          "no message came; the end: " + (end.isDone() ? end.join() : "not yet"));
    }
    return message;
  }

  /** How many messages wait for {@link #next()}. */
  public int waiting() {
    return received.size();
  }

  /** The end of the RPC. */
  public End end() throws Exception {
    return end.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether the RPC goes on. */
  public boolean isOpen() {
    return !end.isDone();
  }

  @Override
  public void onHeaders(Metadata metadata) {
    headers.complete(metadata);
  }

  @Override
  public void onMessage(ByteString message) {
    if (end.isDone()) {
      throw new AssertionError("a message after the end");
    }
    received.add(message);
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (!end.complete(new End(status, trailers))) {
      throw new AssertionError("ended twice");
    }
  }
}
