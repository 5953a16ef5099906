package io.mooring.kas.routing;

import com.google.protobuf.ByteString;
import io.grpc.ClientCall;
import io.grpc.Status;
import io.mooring.kas.tunnel.FoundTunnel;
import io.mooring.kas.tunnel.TunnelRegistry;
import io.mooring.kas.tunnel.TunnelWaiter;
import org.jspecify.annotations.Nullable;

/** Asks this replica, without a network in between. */
final class LocalAttempt extends Attempt {
  private TunnelRegistry.@Nullable Waiting waiting;
  private @Nullable FoundTunnel tunnel;

  LocalAttempt(Search search) {
    super(search, search.parts().ownUrl());
  }

  @Override
  void ask() {
    waiting =
        search
            .parts()
            .registry()
            .queue(
                search.agentId(),
                search.method(),
                new TunnelWaiter() {
                  @Override
                  public void found(FoundTunnel found) {
                    search.events().execute(() -> reserved(found));
                  }

                  @Override
                  public void refused(Status status) {
                    search.events().execute(LocalAttempt.this::failed);
                  }
                });
    noTunnel();
  }

  private void reserved(FoundTunnel found) {
    tunnel = found;
    ready();
  }

  @Override
  void withdraw() {
    if (waiting != null) {
      waiting.cancel();
    }
    if (tunnel != null) {
      tunnel.giveBack();
      tunnel = null;
    }
  }

  @Override
  ClientCall<ByteString, ByteString> carrier() {
    if (tunnel == null) {
      throw new IllegalStateException("no tunnel is reserved (expected: ready() was called)");
    }
    return tunnel.call(search.method());
  }
}
