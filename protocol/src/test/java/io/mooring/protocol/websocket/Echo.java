package io.mooring.protocol.websocket;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A service that sends back what it gets. */
final class Echo implements BindableService {
  private static final long TIMEOUT_SECONDS = 30;

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  static final MethodDescriptor<byte[], byte[]> UNARY = method("Unary", MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> BIDI = method("Bidi", MethodType.BIDI_STREAMING);

  private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
    return MethodDescriptor.newBuilder(BYTES, BYTES)
        .setType(type)
        .setFullMethodName("test.Echo/" + name)
        .build();
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(
            UNARY,
            ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> answers) -> {
              answers.onNext(request);
              answers.onCompleted();
            }))
        .addMethod(
            BIDI,
            ServerCalls.asyncBidiStreamingCall((StreamObserver<byte[]> answers) ->
                new StreamObserver<byte[]>() {
                  @Override
                  public void onNext(byte[] value) {
                    answers.onNext(value);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    // The call is over.
                  }

                  @Override
                  public void onCompleted() {
                    answers.onCompleted();
                  }
                }))
        .build();
  }

  /** One call, which does not wait for a connection that cannot be made. */
  static byte[] once(Channel channel, byte[] message) {
    return ClientCalls.blockingUnaryCall(
        channel,
        UNARY,
        CallOptions.DEFAULT.withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS),
        message);
  }

  /** Sends numbered messages at once; true when all come back in order. */
  static boolean inOrder(Channel channel, int count, int size) throws InterruptedException {
    BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    StreamObserver<byte[]> requests = open(channel, events);
    for (int i = 0; i < count; i++) {
      requests.onNext(numbered(i, size));
    }
    requests.onCompleted();
    for (int i = 0; i < count; i++) {
      Object event = events.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (!(event instanceof byte[] bytes)) {
        throw new AssertionError("message " + i + ": " + event);
      }
      if (bytes.length != size || ByteBuffer.wrap(bytes).getInt() != i) {
        return false;
      }
    }
    return "completed".equals(events.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS));
  }

  /** Opens a stream; messages, the failure or "completed" go to the queue. */
  static StreamObserver<byte[]> open(Channel channel, BlockingQueue<Object> events) {
    return ClientCalls.asyncBidiStreamingCall(
        channel.newCall(BIDI, CallOptions.DEFAULT),
        new StreamObserver<>() {
          @Override
          public void onNext(byte[] value) {
            events.add(value);
          }

          @Override
          public void onError(Throwable failure) {
            events.add(failure);
          }

          @Override
          public void onCompleted() {
            events.add("completed");
          }
        });
  }

  private static byte[] numbered(int number, int size) {
    return ByteBuffer.allocate(size).putInt(number).array();
  }

  /** The metadata key of a plain text header. */
  static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
