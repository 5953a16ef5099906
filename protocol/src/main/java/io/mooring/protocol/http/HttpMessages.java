package io.mooring.protocol.http;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import io.mooring.wire.prototool.Values;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Builds the messages of an HTTP exchange in the order of tunnel.md 6.1. */
public final class HttpMessages {
  /** Bytes of a body in one message, at most (tunnel.md 6.1). */
  public static final int CHUNK = 32 * 1024;

  /** Length of a body that is not known before it ends. */
  public static final long UNKNOWN_LENGTH = -1;

  private static final HttpRequest REQUEST_END =
      HttpRequest.newBuilder().setTrailer(HttpRequest.Trailer.getDefaultInstance()).build();
  private static final HttpResponse RESPONSE_END =
      HttpResponse.newBuilder().setTrailer(HttpResponse.Trailer.getDefaultInstance()).build();

  private HttpMessages() {}

  /**
   * First message of a request.
   *
   * @param path absolute and decoded
   * @param contentLength {@link #UNKNOWN_LENGTH}, 0 for no body, or the exact length
   */
  public static HttpRequest request(
      String method,
      Headers headers,
      String path,
      Map<String, Values> query,
      Optional<Any> extra,
      long contentLength) {
    var header =
        HttpRequest.Header.newBuilder()
            .setRequest(
                io.mooring.wire.prototool.HttpRequest.newBuilder()
                    .setMethod(method)
                    .putAllHeader(headers.wire())
                    .setUrlPath(path)
                    .putAllQuery(query))
            .setContentLength(contentLength);
    extra.ifPresent(header::setExtra);
    return HttpRequest.newBuilder().setHeader(header).build();
  }

  /** A piece of the request's body. */
  public static HttpRequest requestData(ByteString piece) {
    return HttpRequest.newBuilder().setData(HttpRequest.Data.newBuilder().setData(piece)).build();
  }

  /** End of the request's body. */
  public static HttpRequest requestEnd() {
    return REQUEST_END;
  }

  /** Bytes towards the server after the switch of protocols. */
  public static HttpRequest requestUpgradeData(ByteString piece) {
    return HttpRequest.newBuilder()
        .setUpgradeData(HttpRequest.UpgradeData.newBuilder().setData(piece))
        .build();
  }

  /**
   * First message of a response.
   *
   * @param reason text after the code, such as {@code OK}
   */
  public static HttpResponse response(int code, String reason, Headers headers) {
    return HttpResponse.newBuilder()
        .setHeader(
            HttpResponse.Header.newBuilder()
                .setResponse(
                    io.mooring.wire.prototool.HttpResponse.newBuilder()
                        .setStatusCode(code)
                        .setStatus(code + " " + reason)
                        .putAllHeader(headers.wire())))
        .build();
  }

  /** A piece of the response's body. */
  public static HttpResponse responseData(ByteString piece) {
    return HttpResponse.newBuilder().setData(HttpResponse.Data.newBuilder().setData(piece)).build();
  }

  /** End of the response's body. */
  public static HttpResponse responseEnd() {
    return RESPONSE_END;
  }

  /** Bytes towards the client after the switch of protocols. */
  public static HttpResponse responseUpgradeData(ByteString piece) {
    return HttpResponse.newBuilder()
        .setUpgradeData(HttpResponse.UpgradeData.newBuilder().setData(piece))
        .build();
  }

  /**
   * Cuts bytes into pieces of at most {@link #CHUNK}; no bytes make no piece.
   *
   * @param bytes not copied, so the caller does not change them any more
   */
  public static void pieces(byte[] bytes, Consumer<ByteString> each) {
    for (int from = 0; from < bytes.length; from += CHUNK) {
      each.accept(
          UnsafeByteOperations.unsafeWrap(bytes, from, Math.min(CHUNK, bytes.length - from)));
    }
  }
}
