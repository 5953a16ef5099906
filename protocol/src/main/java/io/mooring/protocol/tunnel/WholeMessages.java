package io.mooring.protocol.tunnel;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Messages read without copying the bytes in them: a {@code bytes} field is a view of the array the
 * message came in. Stateless, any thread.
 *
 * @param parser reads them
 * @param writer writes them
 */
// hot: one copy a message on its way in, out of the transport's buffer; benchmark B3.
public record WholeMessages<T extends MessageLite>(
    Parser<T> parser, MethodDescriptor.Marshaller<T> writer)
    implements MethodDescriptor.Marshaller<T> {
  @Override
  public InputStream stream(T message) {
    return writer.stream(message);
  }

  @Override
  public T parse(InputStream in) {
    try {
      byte[] bytes = in instanceof KnownLength ? new byte[in.available()] : in.readAllBytes();
      if (in instanceof KnownLength && in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
        throw invalid("it is cut short", null);
      }
      return read(parser, UnsafeByteOperations.unsafeWrap(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw invalid(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a message", e);
    }
  }

  /**
   * A message whose fields share the bytes.
   *
   * @throws InvalidProtocolBufferException when they are no such message
   */
  public static <T> T read(Parser<T> parser, ByteString bytes)
      throws InvalidProtocolBufferException {
    CodedInputStream in = bytes.newCodedInput();
    in.enableAliasing(true);
    T message = parser.parseFrom(in);
    in.checkLastTagWas(0);
    return message;
  }

  /**
   * As a method's own marshaller would read it.
   *
   * @throws InvalidProtocolBufferException when the bytes are no such message
   */
  public static <T> T read(MethodDescriptor.Marshaller<T> marshaller, ByteString bytes)
      throws InvalidProtocolBufferException {
    if (marshaller instanceof PrototypeMarshaller<T> known
        && known.getMessagePrototype() instanceof MessageLite prototype) {
      return known.getMessageClass().cast(read(prototype.getParserForType(), bytes));
    }
    return marshaller.parse(bytes.newInput());
  }

  /** As a method's own marshaller would write it. */
  public static <T> ByteString write(MethodDescriptor.Marshaller<T> marshaller, T message) {
    return switch (message) {
      case ByteString written -> written;
      case MessageLite known -> known.toByteString();
      default -> {
        try (InputStream in = marshaller.stream(message)) {
          yield ByteString.readFrom(in);
        } catch (IOException e) {
          throw new UncheckedIOException("cannot write a message", e);
        }
      }
    };
  }

  private static RuntimeException invalid(
      String what, @org.jspecify.annotations.Nullable Throwable cause) {
    return Status.INTERNAL
        .withDescription("Invalid protobuf byte sequence: " + what)
        .withCause(cause)
        .asRuntimeException();
  }
}
