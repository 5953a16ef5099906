package io.mooring.agentk.kubernetesapi;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.MethodDescriptor;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.http.Headers;
import io.mooring.protocol.http.HttpMessages;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Consumer;

/** Messages of a response, written as they go over the wire (wire.md 6.2). */
// hot: one copy of the bytes of a body, out of the socket's buffer; benchmark B3.
final class ResponseMessages {
  /** The messages are bytes already. */
  static final MethodDescriptor.Marshaller<ByteString> MARSHALLER =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(ByteString message) {
          return message.newInput();
        }

        @Override
        public ByteString parse(InputStream in) {
          try {
            return ByteString.readFrom(in);
          } catch (IOException e) {
            throw new UncheckedIOException("cannot read a message", e);
          }
        }
      };

  /** The end of a body. */
  static final ByteString TRAILER = HttpMessages.responseEnd().toByteString();

  private static final int DATA_TAG =
      io.mooring.wire.grpctool.HttpResponse.DATA_FIELD_NUMBER << 3 | 2;
  private static final int UPGRADE_DATA_TAG =
      io.mooring.wire.grpctool.HttpResponse.UPGRADEDATA_FIELD_NUMBER << 3 | 2;
  private static final int BYTES_TAG =
      io.mooring.wire.grpctool.HttpResponse.Data.DATA_FIELD_NUMBER << 3 | 2;

  private ResponseMessages() {}

  /** The head of a response, with this agent added to the path it took. */
  static ByteString header(HttpResponse response) {
    Headers.Builder headers = Headers.builder();
    for (Map.Entry<String, String> header : response.headers()) {
      headers.add(header.getKey(), HeaderText.fromHttp(header.getValue()));
    }
    headers.add(
        "Via",
        response.protocolVersion().majorVersion()
            + "."
            + response.protocolVersion().minorVersion()
            + " "
            + BuildInfo.current().agent());
    return HttpMessages.response(
            response.status().code(),
            HeaderText.fromHttp(response.status().reasonPhrase()),
            headers.build())
        .toByteString();
  }

  /** A body's bytes, in messages of at most {@link HttpMessages#CHUNK}. */
  static void data(ByteBuf bytes, Consumer<ByteString> each) {
    pieces(DATA_TAG, bytes, each);
  }

  /** Bytes after the change of protocol, in messages of at most {@link HttpMessages#CHUNK}. */
  static void upgradeData(ByteBuf bytes, Consumer<ByteString> each) {
    pieces(UPGRADE_DATA_TAG, bytes, each);
  }

  private static void pieces(int tag, ByteBuf bytes, Consumer<ByteString> each) {
    while (bytes.isReadable()) {
      each.accept(message(tag, bytes, Math.min(HttpMessages.CHUNK, bytes.readableBytes())));
    }
  }

  /** A field with a message with one field of bytes. */
  private static ByteString message(int tag, ByteBuf bytes, int length) {
    int inner = 1 + varintSize(length) + length;
    var message = new byte[1 + varintSize(inner) + inner];
    message[0] = (byte) tag;
    int at = varint(message, 1, inner);
    message[at++] = (byte) BYTES_TAG;
    at = varint(message, at, length);
    bytes.readBytes(message, at, length);
    return UnsafeByteOperations.unsafeWrap(message);
  }

  private static int varint(byte[] target, int from, int value) {
    int at = from;
    int rest = value;
    while (rest >= 0x80) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at++] = (byte) rest;
    return at;
  }

  private static int varintSize(int value) {
    return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : 3;
  }
}
