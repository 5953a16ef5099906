package io.mooring.kas.rpc;

import com.google.protobuf.StringValue;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A service of handlers: {@code Poll} idles until it should end, {@code Work} works until it is let
 * go, {@code Echo} gives back what it receives, {@code Blocking} and {@code NonBlocking} answer
 * with the name of their thread.
 */
final class Waiter {
  static final MethodDescriptor<StringValue, StringValue> POLL =
      method("Poll", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<StringValue, StringValue> WORK =
      method("Work", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<StringValue, StringValue> ECHO =
      method("Echo", MethodType.BIDI_STREAMING);

  static final MethodDescriptor<StringValue, StringValue> BLOCKING =
      method("Blocking", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<StringValue, StringValue> NON_BLOCKING =
      method("NonBlocking", MethodType.SERVER_STREAMING);

  final CountDownLatch letGo = new CountDownLatch(1);
  final CountDownLatch cancelled = new CountDownLatch(1);

  ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Waiter")
        .addMethod(
            POLL,
            ServerCalls.asyncServerStreamingCall(
                (request, responses) -> ResponseStream.serve(responses, this::poll)))
        .addMethod(
            WORK,
            ServerCalls.asyncServerStreamingCall(
                (request, responses) -> ResponseStream.serve(responses, this::work)))
        .addMethod(BLOCKING, ServerCalls.asyncServerStreamingCall(Waiter::nameThread))
        .addMethod(NON_BLOCKING, ServerCalls.asyncServerStreamingCall(Waiter::nameThread))
        .addMethod(
            ECHO,
            ServerCalls.asyncBidiStreamingCall(responses ->
                Exchange.serve(
                    responses,
                    exchange -> {
                      for (var next = exchange.receive();
                          next.isPresent();
                          next = exchange.receive()) {
                        exchange.send(next.get());
                      }
                    })))
        .build();
  }

  private static void nameThread(StringValue request, StreamObserver<StringValue> responses) {
    responses.onNext(StringValue.of(Thread.currentThread().getName()));
    responses.onCompleted();
  }

  private void poll(ResponseStream<StringValue> stream)
      throws io.grpc.StatusException, InterruptedException {
    stream.send(StringValue.of("started"));
    try (Wakeup wakeup = new Wakeup()) {
      Wakeup.Reason reason = wakeup.await(Duration.ofMinutes(1));
      if (reason == Wakeup.Reason.CANCELLED) {
        cancelled.countDown();
      }
    }
  }

  private void work(ResponseStream<StringValue> stream)
      throws io.grpc.StatusException, InterruptedException {
    stream.send(StringValue.of("started"));
    if (letGo.await(1, TimeUnit.MINUTES)) {
      stream.send(StringValue.of("finished"));
    }
  }

  private static MethodDescriptor<StringValue, StringValue> method(String name, MethodType type) {
    return MethodDescriptor.<StringValue, StringValue>newBuilder()
        .setType(type)
        .setFullMethodName("test.Waiter/" + name)
        .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
        .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
        .build();
  }
}
