package io.mooring.agentk.tunnel;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A service of opaque messages that returns each of them, one at a time. */
final class Echo {
  static final String METHOD = "test.Echo/Echo";

  private Echo() {}

  /** Bytes as they are. */
  enum Bytes implements MethodDescriptor.Marshaller<ByteString> {
    MARSHALLER;

    @Override
    public InputStream stream(ByteString message) {
      return message.newInput();
    }

    @Override
    public ByteString parse(InputStream in) {
      try {
        return ByteString.readFrom(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static ServerServiceDefinition service() {
    return service((call, headers) -> {
      Metadata answer = new Metadata();
      answer.merge(headers);
      call.sendHeaders(answer);
      call.request(1);
      return new ServerCall.Listener<>() {
        @Override
        public void onMessage(ByteString message) {
          call.sendMessage(message);
          call.request(1);
        }

        @Override
        public void onHalfClose() {
          call.close(Status.OK, new Metadata());
        }
      };
    });
  }

  static ServerServiceDefinition service(ServerCallHandler<ByteString, ByteString> handler) {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(
            MethodDescriptor.<ByteString, ByteString>newBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(METHOD)
                .setRequestMarshaller(Bytes.MARSHALLER)
                .setResponseMarshaller(Bytes.MARSHALLER)
                .build(),
            handler)
        .build();
  }
}
