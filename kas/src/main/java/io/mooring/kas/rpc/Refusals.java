package io.mooring.kas.rpc;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Answers whatever is called with {@code UNIMPLEMENTED}, but only after the interceptors had their
 * say: who has no valid token does not learn what exists.
 */
public final class Refusals extends HandlerRegistry {
  private static final MethodDescriptor<byte[], byte[]> ANY =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodType.UNKNOWN)
          // One name for all, so that callers cannot fill the metrics with names.
          .setFullMethodName("unknown/unknown")
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private final ServerMethodDefinition<byte[], byte[]> refusal =
      ServerMethodDefinition.create(
          ANY,
          (call, headers) -> {
            call.close(
                Status.UNIMPLEMENTED.withDescription("this server has no such method"),
                new Metadata());
            return new ServerCall.Listener<>() {};
          });

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String method, @Nullable String authority) {
    return refusal;
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read a message that is refused", e);
      }
    }
  }
}
