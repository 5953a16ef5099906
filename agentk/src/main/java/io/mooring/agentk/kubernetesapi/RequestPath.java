package io.mooring.agentk.kubernetesapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mooring.protocol.http.Query;
import io.mooring.wire.prototool.HttpRequest;

/** The target of a request line, from a decoded path and a decoded query. */
final class RequestPath {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private RequestPath() {}

  /**
   * What to ask for.
   *
   * @param base path of the API server's URL, encoded, without a slash at its end
   */
  static String of(String base, HttpRequest request) {
    String path = encoded(request.getUrlPath());
    if (base.isEmpty() && request.getQueryCount() == 0) {
      return path;
    }
    var target = new StringBuilder(base);
    if (!path.startsWith("/")) {
      target.append('/');
    }
    target.append(path);
    if (request.getQueryCount() > 0) {
      target.append('?').append(Query.encode(request.getQueryMap()));
    }
    return target.toString();
  }

  /** Encoded as the original's library does, which keeps what segments may hold (RFC 3986 3.3). */
  private static String encoded(String path) {
    for (int i = 0; i < path.length(); i++) {
      if (!isPlain(path.charAt(i))) {
        return encodedBytes(path.getBytes(UTF_8));
      }
    }
    return path;
  }

  private static String encodedBytes(byte[] path) {
    var encoded = new StringBuilder(path.length + 16);
    for (byte octet : path) {
      char c = (char) (octet & 0xff);
      if (isPlain(c)) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HEX[c >> 4]).append(HEX[c & 0xf]);
      }
    }
    return encoded.toString();
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "/-_.~$&+,:;=@".indexOf(c) >= 0;
  }
}
