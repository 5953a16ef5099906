package io.mooring.kas.kubernetesapi;

import io.mooring.kas.access.Presented;
import io.mooring.protocol.http.HttpMessages;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Set;

/**
 * The head of a request that keeps to the rules of HTTP.
 *
 * @param method as sent
 * @param target what it is for
 * @param headers as sent
 * @param length of the body; {@link HttpMessages#UNKNOWN_LENGTH} when it is chunked
 * @param expectsContinue whether the client waits for a word before it sends the body
 * @param upgrade whether another protocol is asked for
 * @param http10 whether the client speaks HTTP/1.0, which has no chunks
 * @param keepAlive whether the client wants to go on using the connection
 */
record RequestHead(
    String method,
    Target target,
    HttpHeaders headers,
    long length,
    boolean expectsContinue,
    boolean upgrade,
    boolean http10,
    boolean keepAlive)
    implements Presented {

  /** Longer numbers do not fit a long. */
  private static final int MAX_LENGTH_DIGITS = 18;

  /**
   * CONNECT asks for no resource, TRACE for what was sent, credentials included; no API server
   * takes either.
   */
  private static final Set<String> REFUSED_METHODS = Set.of("CONNECT", "TRACE");

  /** What a request may not be turned into: more HTTP, which would escape every check. */
  private static final List<String> REFUSED_PROTOCOLS = List.of("h2", "http", "tls");

  /** Checks what was read. */
  static RequestHead read(HttpRequest request) throws MalformedRequestException {
    checkDecoded(request.decoderResult());
    HttpVersion version = request.protocolVersion();
    boolean http10 = version.equals(HttpVersion.HTTP_1_0);
    if (!http10 && !version.equals(HttpVersion.HTTP_1_1)) {
      throw new MalformedRequestException(
          new Refusal(505, "HTTP version " + version + " (expected: HTTP/1.1)"));
    }
    String method = request.method().name();
    checkMethod(method);
    HttpHeaders headers = request.headers();
    checkHost(headers, http10);
    boolean upgrade = !http10 && headers.contains("Upgrade");
    if (upgrade) {
      checkUpgrade(headers.getAll("Upgrade"));
    }
    return new RequestHead(
        method,
        Target.parse(request.uri()),
        headers,
        length(headers, http10),
        expectsContinue(headers),
        upgrade,
        http10,
        HttpUtil.isKeepAlive(request));
  }

  private static void checkDecoded(DecoderResult result) throws MalformedRequestException {
    if (result.isSuccess()) {
      return;
    }
    throw switch (result.cause()) {
      case TooLongHttpLineException e ->
          new MalformedRequestException(new Refusal(414, "Request line is too long"));
      case TooLongHttpHeaderException e ->
          new MalformedRequestException(new Refusal(431, "Headers are too long"));
      case Throwable e -> MalformedRequestException.because("malformed HTTP request");
    };
  }

  private static void checkMethod(String method) throws MalformedRequestException {
    if (method.isEmpty() || !method.chars().allMatch(HeaderText::isTokenCharacter)) {
      throw MalformedRequestException.because("malformed method");
    }
    if (REFUSED_METHODS.contains(method)) {
      throw new MalformedRequestException(
          new Refusal(405, "Method " + method + " is not allowed here"));
    }
  }

  private static void checkHost(HttpHeaders headers, boolean http10)
      throws MalformedRequestException {
    List<String> hosts = headers.getAll("Host");
    if (hosts.size() > 1 || (hosts.isEmpty() && !http10)) {
      throw MalformedRequestException.because(
          hosts.size() + " Host headers (expected: exactly one)");
    }
    boolean plain =
        hosts.isEmpty()
            || hosts
                .getFirst()
                .chars()
                .allMatch(c -> c > ' ' && c < 0x7f && "/?#@,\\".indexOf(c) < 0);
    if (!plain) {
      throw MalformedRequestException.because("malformed Host header");
    }
  }

  private static long length(HttpHeaders headers, boolean http10) throws MalformedRequestException {
    List<String> lengths = headers.getAll("Content-Length");
    List<String> encodings = headers.getAll("Transfer-Encoding");
    if (!encodings.isEmpty()) {
      boolean chunked = encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked");
      if (http10 || !chunked || !lengths.isEmpty()) {
        throw MalformedRequestException.because(
            "the length of the body is ambiguous (expected: Transfer-Encoding: chunked, or one"
                + " Content-Length)");
      }
      return HttpMessages.UNKNOWN_LENGTH;
    }
    if (lengths.isEmpty()) {
      return 0;
    }
    String digits = lengths.getFirst();
    if (lengths.size() > 1
        || digits.isEmpty()
        || digits.length() > MAX_LENGTH_DIGITS
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw MalformedRequestException.because(
          "malformed Content-Length (expected: one number of bytes)");
    }
    return Long.parseLong(digits);
  }

  private static boolean expectsContinue(HttpHeaders headers) throws MalformedRequestException {
    List<String> expectations = headers.getAll("Expect");
    if (expectations.isEmpty()) {
      return false;
    }
    if (expectations.size() > 1 || !expectations.getFirst().equalsIgnoreCase("100-continue")) {
      throw new MalformedRequestException(
          new Refusal(417, "Unknown expectation (expected: 100-continue)"));
    }
    return true;
  }

  private static void checkUpgrade(List<String> protocols) throws MalformedRequestException {
    for (String list : protocols) {
      for (String protocol : list.split(",", -1)) {
        String name = HeaderText.lower(protocol.strip());
        if (REFUSED_PROTOCOLS.stream().anyMatch(name::startsWith)) {
          throw MalformedRequestException.because(
              "upgrade to " + name + " (expected: websocket or SPDY/3.1)");
        }
      }
    }
  }

  @Override
  public List<String> header(String name) {
    return headers.getAll(name);
  }

  @Override
  public List<String> query(String name) {
    return target.values(name);
  }

  /** The first value of a header, or an empty text. */
  String first(String name) {
    String value = headers.get(name);
    return value == null ? "" : value;
  }

  /** Whether an answer to it has no body whatever its headers say. */
  boolean isHead() {
    return method.equals("HEAD");
  }

  /** Whether it may be made twice: it changes nothing and has no body. */
  boolean isRepeatable() {
    return length == 0 && !upgrade && (method.equals("GET") || method.equals("HEAD"));
  }
}
