package io.mooring.kas.routing;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks another replica by its private API. */
final class RemoteAttempt extends Attempt implements GatewayStream.Searching {
  /**
   * A replica that ends its stream without a tunnel sooner than this after it was asked is asked
   * again as after a failure: its connection is not old, so it would do so again and again.
   */
  static final Duration TOO_SOON = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(RemoteAttempt.class);

  private final PeerAddress address;
  private @Nullable GatewayStream stream;
  private Instant asked = Instant.MIN;

  RemoteAttempt(Search search, String url, PeerAddress address) {
    super(search, url);
    this.address = address;
  }

  @Override
  void ask() {
    asked = search.parts().clock().instant();
    try {
      PeerConnections.Lease lease = search.parts().peers().lease(url, address);
      GatewayStream opened = new GatewayStream(search.events(), lease, this);
      stream = opened;
      opened.open(search.method(), search.headersForPeer());
    } catch (UnusablePeerException e) {
      log.atWarn().setCause(e).addKeyValue("kas_url", url).log("Cannot call a replica");
      failed();
    }
  }

  @Override
  public void hasNoTunnel() {
    noTunnel();
  }

  @Override
  public void hasTunnel() {
    ready();
  }

  @Override
  public void endedWithoutTunnel(Status status) {
    stream = null;
    boolean soon = search.parts().clock().instant().isBefore(asked.plus(TOO_SOON));
    if (status.isOk() && !soon) {
      ended();
      return;
    }
    if (!isOver()) {
      log.atDebug()
          .addKeyValue("kas_url", url)
          .addKeyValue("error", status)
          .log("A replica found no tunnel");
    }
    failed();
  }

  @Override
  void withdraw() {
    if (stream != null) {
      stream.cancel("not interested any more", null);
    }
  }

  @Override
  ClientCall<ByteString, ByteString> carrier() {
    if (stream == null) {
      throw new IllegalStateException("no tunnel is reserved (expected: ready() was called)");
    }
    return stream;
  }
}
