package io.mooring.kas.kubernetesapi;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.mooring.protocol.http.Headers;
import io.mooring.wire.prototool.HttpResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Optional;

/**
 * The answer to one request: of kas itself, or the cluster's as far as it is passed on. Lives on
 * the event loop of the connection.
 */
final class Answer {
  private static final String ALLOWED_METHODS =
      "GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH";
  private static final String PREFLIGHT_SECONDS = "86400";

  private final KubernetesApi api;
  private final Connection connection;
  private final RequestHead request;
  private final String requestId;
  private Framing framing;
  private int status;
  private long bytes;

  Answer(KubernetesApi api, Connection connection, RequestHead request, String requestId) {
    this.api = api;
    this.connection = connection;
    this.request = request;
    this.requestId = requestId;
    this.framing = Framing.of(request, 204, 0);
  }

  boolean isBegun() {
    return status != 0;
  }

  /** HTTP status; 0 before it is begun. */
  int status() {
    return status;
  }

  /** Bytes of the body so far. */
  long bytes() {
    return bytes;
  }

  /** Whether the client finds its end before the connection ends. */
  boolean endsBeforeConnection() {
    return framing.kind() != Framing.Kind.UNTIL_CLOSE;
  }

  void countUpgraded(int size) {
    bytes += size;
  }

  // ---- of kas itself

  /** For a request whose head could not be read. */
  static ByteBuf malformed(Refusal refusal, KubernetesApi api, ByteBufAllocator allocator) {
    byte[] body = StatusFormat.JSON.encode(refusal);
    ResponseHead head =
        new ResponseHead(refusal.status())
            .add("Server", api.serverName())
            .add("Date", api.date())
            .add("Content-Type", StatusFormat.JSON.mediaType())
            .add("Content-Length", Integer.toString(body.length))
            .add("Cache-Control", "no-store")
            .add("X-Content-Type-Options", "nosniff")
            .add("Connection", "close");
    return Unpooled.wrappedBuffer(head.encode(allocator), Unpooled.wrappedBuffer(body));
  }

  /** Tells why the request is not carried out. */
  void refuse(Refusal refusal, boolean close) {
    Optional<StatusFormat> format = StatusFormat.negotiate(request.header("Accept"));
    if (format.isEmpty()) {
      whole(head(406), "text/plain; charset=utf-8", StatusFormat.NOT_ACCEPTABLE, close);
      return;
    }
    ResponseHead head = head(refusal.status());
    if (refusal.status() == 401) {
      head.add("Gitlab-Unauthorized", "true");
    }
    whole(head, format.get().mediaType(), format.get().encode(refusal), close);
  }

  /** An origin that may not call. */
  void refuseOrigin(boolean close) {
    whole(head(403), "", "", close);
  }

  /** What a browser asks before it sends a request. */
  void preflight(boolean close) {
    ResponseHead head = head(200);
    for (String names : request.header("Access-Control-Request-Headers")) {
      if (HeaderText.isValue(names)) {
        head.add("Access-Control-Allow-Headers", names);
      }
    }
    head.add("Access-Control-Allow-Methods", ALLOWED_METHODS);
    head.add("Access-Control-Max-Age", PREFLIGHT_SECONDS);
    whole(head, "", "", close);
  }

  private ResponseHead head(int code) {
    ResponseHead head = new ResponseHead(code).add("Server", api.serverName());
    head.add("Date", api.date());
    head.add("Cache-Control", "no-store");
    head.add("X-Content-Type-Options", "nosniff");
    cors(head);
    for (String vary : varying()) {
      head.add("Vary", vary);
    }
    return head.add("X-Request-Id", requestId);
  }

  private void whole(ResponseHead head, String mediaType, String body, boolean close) {
    whole(head, mediaType, body.getBytes(UTF_8), close);
  }

  private void whole(ResponseHead head, String mediaType, byte[] body, boolean close) {
    if (!mediaType.isEmpty()) {
      head.add("Content-Type", mediaType);
    }
    head.add("Content-Length", Integer.toString(body.length));
    begin(head, close);
    if (body.length > 0 && !request.isHead()) {
      bytes += body.length;
      connection.write(Unpooled.wrappedBuffer(body));
    }
  }

  private void cors(ResponseHead head) {
    if (api.isOrigin(request.first("Origin"))) {
      head.add("Access-Control-Allow-Origin", request.first("Origin"));
      head.add("Access-Control-Allow-Credentials", "true");
      // Beside the wire: a page can name the request to who reads the log.
      head.add("Access-Control-Expose-Headers", "X-Request-Id");
    }
  }

  private java.util.List<String> varying() {
    return request.first("Origin").isEmpty() ? java.util.List.of() : java.util.List.of("Origin");
  }

  // ---- of the cluster

  /**
   * Begins the answer of the cluster.
   *
   * @param close whether the connection ends after it
   * @return what is wrong with it, if it cannot be passed on
   */
  Optional<String> begin(HttpResponse response, boolean close) {
    int code = response.getStatusCode();
    if ((code < 200 && code != 101) || code > 599) {
      return Optional.of("status " + code + " (expected: 101, or 200 to 599)");
    }
    Headers received = Headers.of(response.getHeaderMap());
    if (code == 101) {
      Optional<String> objection = protocolObjection(received);
      if (objection.isPresent()) {
        return objection;
      }
    }
    Optional<Long> length = length(received);
    if (length.isEmpty()) {
      return Optional.of("malformed Content-Length (expected: one number of bytes)");
    }
    ResponseHead head = new ResponseHead(code);
    cors(head);
    for (String vary : varying()) {
      head.add("Vary", vary);
    }
    ResponseHeaders.pass(received, head, api.prefix(), name -> api.droppedHeader(name));
    for (String vary : received.all("Vary")) {
      if (HeaderText.isValue(vary)) {
        head.add("Vary", vary);
      }
    }
    head.add("Via", api.via());
    head.add("X-Request-Id", requestId);
    if (!head.has("Date")) {
      head.add("Date", api.date());
    }
    framing = Framing.of(request, code, length.get());
    if (framing.kind() == Framing.Kind.CHUNKED) {
      head.add("Transfer-Encoding", "chunked");
    }
    begin(head, close && code != 101);
    return Optional.empty();
  }

  private Optional<String> protocolObjection(Headers received) {
    if (!request.upgrade()) {
      return Optional.of("status 101 without a request for another protocol");
    }
    java.util.List<String> switched = received.all("Upgrade");
    boolean asked =
        switched.size() == 1
            && request.header("Upgrade").stream()
                .flatMap(list -> java.util.Arrays.stream(list.split(",", -1)))
                .anyMatch(protocol -> protocol.strip().equalsIgnoreCase(switched.getFirst()));
    return asked
        ? Optional.empty()
        : Optional.of("the protocol " + switched + " was not asked for");
  }

  /** Bytes of the body; -1 when the head does not tell; empty when what it tells makes no sense. */
  private static Optional<Long> length(Headers received) {
    java.util.List<String> lengths = received.all("Content-Length");
    if (lengths.isEmpty()) {
      return Optional.of(-1L);
    }
    String digits = lengths.getFirst();
    boolean number =
        lengths.size() == 1
            && !digits.isEmpty()
            && digits.length() <= 18
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Optional.of(Long.parseLong(digits)) : Optional.empty();
  }

  private void begin(ResponseHead head, boolean close) {
    status = head.status();
    if (close) {
      head.add("Connection", "close");
    } else if (request.http10() && endsBeforeConnection()) {
      head.add("Connection", "keep-alive");
    }
    connection.write(head.encode(connection.allocator()));
  }

  /**
   * Passes on a piece of the body.
   *
   * @return whether there was room for it
   */
  boolean data(ByteString piece) {
    Optional<ByteBuf> written = framing.piece(piece, connection.allocator());
    written.ifPresent(connection::write);
    bytes += piece.size();
    return written.isPresent();
  }

  /**
   * Ends the body.
   *
   * @return whether it was complete
   */
  boolean end() {
    if (!framing.isComplete()) {
      return false;
    }
    byte[] end = framing.end();
    if (end.length > 0) {
      connection.write(Unpooled.wrappedBuffer(end));
    }
    return true;
  }
}
