package io.mooring.kas.kubernetesapi;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.protocol.http.HttpMessages;
import io.mooring.wire.grpctool.HttpResponse;
import io.mooring.wire.kubernetesapi.rpc.KubernetesApiGrpc;
import io.netty.buffer.ByteBuf;
import java.io.IOException;

/**
 * The RPC that carries one request to an agent. Its methods are called on the event loop of the
 * connection, and so is its {@link Exchange}. hot: every byte passes here; benchmarks B1 to B3.
 */
final class Bridge extends ClientCall.Listener<ByteString> {
  private static final MethodDescriptor<ByteString, ByteString> METHOD =
      RawMessages.method(KubernetesApiGrpc.getMakeRequestMethod().getFullMethodName());
  private static final ByteString END = HttpMessages.requestEnd().toByteString();

  /** Head, data and end of a small answer, so that it needs no second word to the agent. */
  private static final int READ_AHEAD = 3;

  private final Exchange exchange;
  private final Turns turns;
  private final ClientCall<ByteString, ByteString> call;
  private int owed;
  private boolean over;

  Bridge(Exchange exchange, Turns turns, io.grpc.Channel agents) {
    this.exchange = exchange;
    this.turns = turns;
    call = agents.newCall(METHOD, CallOptions.DEFAULT);
  }

  /**
   * Sends the head of the request.
   *
   * @param complete whether the request has no body
   * @param open whether more may follow its end
   */
  void start(Metadata metadata, ByteString head, boolean complete, boolean open) {
    call.start(this, metadata);
    call.sendMessage(head);
    if (complete) {
      endBody(open);
    }
    call.request(READ_AHEAD);
  }

  boolean isReady() {
    return !over && call.isReady();
  }

  /** Sends a piece of the body, cut to the size that the wire allows. */
  void body(ByteBuf bytes) {
    while (bytes.isReadable()) {
      call.sendMessage(
          WireMessages.data(bytes, Math.min(bytes.readableBytes(), HttpMessages.CHUNK)));
    }
  }

  /** Ends the body; nothing may follow unless the connection is upgraded. */
  void endBody(boolean open) {
    call.sendMessage(END);
    if (!open) {
      call.halfClose();
    }
  }

  /** Sends bytes of the other protocol. */
  void raw(ByteBuf bytes) {
    while (bytes.isReadable()) {
      call.sendMessage(
          WireMessages.upgradeData(bytes, Math.min(bytes.readableBytes(), HttpMessages.CHUNK)));
    }
  }

  /** The client sends no more. */
  void halfClose() {
    call.halfClose();
  }

  /** Ends the RPC; nothing is told any more. */
  void cancel(String reason) {
    if (!over) {
      over = true;
      call.cancel(reason, null);
    }
  }

  /** Takes as many messages as were taken care of; called when the client takes more. */
  void readOwed() {
    if (owed > 0 && !over) {
      int count = owed;
      owed = 0;
      call.request(count);
    }
  }

  // ---- events, on any thread

  @Override
  public void onMessage(ByteString message) {
    turns.execute(() -> received(message));
  }

  @Override
  public void onReady() {
    turns.execute(() -> {
      if (!over) {
        exchange.agentTakesMore();
      }
    });
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    turns.execute(() -> {
      if (!over) {
        over = true;
        exchange.agentEnded(status);
      }
    });
  }

  private void received(ByteString bytes) {
    if (over) {
      return;
    }
    HttpResponse message;
    try {
      CodedInputStream in = bytes.newCodedInput();
      // The bytes belong to this message alone, so its data need not be copied.
      in.enableAliasing(true);
      message = HttpResponse.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      exchange.agentMisbehaves("unreadable message: " + e.getMessage());
      return;
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot fail to be read", e);
    }
    owed++;
    exchange.received(message);
    if (exchange.takesMore()) {
      readOwed();
    }
  }
}
