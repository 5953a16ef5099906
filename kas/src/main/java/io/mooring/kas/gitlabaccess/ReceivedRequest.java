package io.mooring.kas.gitlabaccess;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.rpc.Exchange;
import io.mooring.protocol.automata.MessageOrder;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import java.util.Optional;

/**
 * A request that has arrived whole (tunnel.md 6.3).
 *
 * @param header its first message
 * @param body all of its data
 */
record ReceivedRequest(HttpRequest.Header header, ByteString body) {
  /**
   * The body is held in memory for retries. The largest in use, a list of workspaces, has some 100
   * KB.
   */
  static final int MAX_BODY_BYTES = 16 * 1024 * 1024;

  /** Receives until the agent half-closes. */
  static ReceivedRequest receive(Exchange<HttpRequest, HttpResponse> exchange)
      throws StatusException, InterruptedException {
    MessageOrder order = MessageOrder.of(HttpRequest.getDescriptor());
    HttpRequest.Header header = HttpRequest.Header.getDefaultInstance();
    ByteString body = ByteString.EMPTY;
    Optional<HttpRequest> next = exchange.receive();
    while (next.isPresent()) {
      HttpRequest message = next.get();
      order.next(message);
      switch (message.getMessageCase()) {
        case HEADER -> header = message.getHeader();
        case DATA -> body = append(header, body, message.getData().getData());
        case UPGRADEDATA ->
            throw Status.INTERNAL
                .withDescription("unexpected HttpRequest_UpgradeData message received")
                .asException();
        case TRAILER, MESSAGE_NOT_SET -> {
          // The end of the request is the half-close, not the trailer.
        }
      }
      next = exchange.receive();
    }
    order.end();
    return new ReceivedRequest(header, body);
  }

  private static ByteString append(HttpRequest.Header header, ByteString body, ByteString data)
      throws StatusException {
    if (header.hasContentLength() && header.getContentLength() == 0) {
      throw Status.INTERNAL
          .withDescription("unexpected HttpRequest_Data message received")
          .asException();
    }
    if (body.size() + data.size() > MAX_BODY_BYTES) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription("request body is larger than " + MAX_BODY_BYTES + " bytes")
          .asException();
    }
    return body.concat(data);
  }
}
