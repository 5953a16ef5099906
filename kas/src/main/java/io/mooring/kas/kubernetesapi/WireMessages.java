package io.mooring.kas.kubernetesapi;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.mooring.wire.grpctool.HttpRequest;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Messages with bytes of a client, written around them. hot: one copy, from the socket's buffer to
 * the message; benchmark B3 up.
 */
final class WireMessages {
  private static final int DATA = HttpRequest.DATA_FIELD_NUMBER;
  private static final int UPGRADE_DATA = HttpRequest.UPGRADEDATA_FIELD_NUMBER;
  private static final int INNER = HttpRequest.Data.DATA_FIELD_NUMBER;
  private static final int LENGTH_DELIMITED = 2;

  private WireMessages() {}

  /** {@code HttpRequest.data} with the next bytes. */
  static ByteString data(ByteBuf bytes, int size) {
    return message(DATA, bytes, size);
  }

  /** {@code HttpRequest.upgradeData} with the next bytes. */
  static ByteString upgradeData(ByteBuf bytes, int size) {
    return message(UPGRADE_DATA, bytes, size);
  }

  private static ByteString message(int member, ByteBuf bytes, int size) {
    int inner =
        CodedOutputStream.computeTagSize(INNER)
            + CodedOutputStream.computeUInt32SizeNoTag(size)
            + size;
    int outer =
        CodedOutputStream.computeTagSize(member) + CodedOutputStream.computeUInt32SizeNoTag(inner);
    byte[] message = new byte[outer + inner];
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(message);
      out.writeTag(member, LENGTH_DELIMITED);
      out.writeUInt32NoTag(inner);
      out.writeTag(INNER, LENGTH_DELIMITED);
      out.writeUInt32NoTag(size);
      bytes.readBytes(message, message.length - size, size);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write into memory", e);
    }
    return UnsafeByteOperations.unsafeWrap(message);
  }
}
