package io.mooring.kas.tunnel;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Messages of an RPC as the bytes they are. One copy when a message comes in, none in between. */
public enum RawMessages implements MethodDescriptor.Marshaller<ByteString> {
  /** The only one. */
  MARSHALLER;

  /**
   * A method whose messages are not looked into; a stream in both directions, whatever it is
   * declared as.
   *
   * @param name full name, {@code package.Service/Method}
   */
  public static MethodDescriptor<ByteString, ByteString> method(String name) {
    return MethodDescriptor.<ByteString, ByteString>newBuilder()
        .setType(MethodType.BIDI_STREAMING)
        .setFullMethodName(name)
        .setRequestMarshaller(MARSHALLER)
        .setResponseMarshaller(MARSHALLER)
        .build();
  }

  /** All bytes of a marshalled message. */
  @Override
  public ByteString parse(InputStream in) {
    // hot: a known length saves growing a buffer.
    try {
      if (in instanceof KnownLength) {
        byte[] bytes = new byte[in.available()];
        int read = in.readNBytes(bytes, 0, bytes.length);
        return UnsafeByteOperations.unsafeWrap(bytes, 0, read);
      }
      return UnsafeByteOperations.unsafeWrap(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a message", e);
    }
  }

  @Override
  public InputStream stream(ByteString message) {
    return new Message(message);
  }

  /** A message on its way out; written in one piece. */
  private static final class Message extends InputStream implements KnownLength, Drainable {
    private final ByteString message;
    private int position;

    Message(ByteString message) {
      this.message = message;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int length = available();
      message.substring(position).writeTo(target);
      position += length;
      return length;
    }

    @Override
    public int available() {
      return message.size() - position;
    }

    @Override
    public int read() {
      return available() == 0 ? -1 : message.byteAt(position++) & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (length == 0) {
        return 0;
      }
      int count = Math.min(length, available());
      if (count == 0) {
        return -1;
      }
      message.substring(position, position + count).copyTo(target, offset);
      position += count;
      return count;
    }
  }
}
