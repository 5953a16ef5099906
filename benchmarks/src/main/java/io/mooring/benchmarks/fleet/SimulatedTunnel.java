package io.mooring.benchmarks.fleet;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import io.mooring.wire.prototool.Values;
import io.mooring.wire.reversetunnel.info.AgentDescriptor;
import io.mooring.wire.reversetunnel.info.Method;
import io.mooring.wire.reversetunnel.info.Service;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import io.mooring.wire.reversetunnel.rpc.ConnectResponse;
import io.mooring.wire.reversetunnel.rpc.Descriptor;
import io.mooring.wire.reversetunnel.rpc.Header;
import io.mooring.wire.reversetunnel.rpc.Message;
import io.mooring.wire.reversetunnel.rpc.Trailer;

/**
 * One {@code Connect} stream (tunnel.md 2). Whatever is requested through it is answered with 200
 * and 1 KiB as soon as the request is complete.
 */
final class SimulatedTunnel extends ClientCall.Listener<ConnectResponse> {
  /** Length of every answer. */
  static final int ANSWER_BYTES = 1024;

  private static final ConnectRequest DESCRIPTOR =
      ConnectRequest.newBuilder()
          .setDescriptorMessage(
              Descriptor.newBuilder()
                  .setAgentDescriptor(
                      AgentDescriptor.newBuilder()
                          .addServices(
                              Service.newBuilder()
                                  .setName("gitlab.agent.kubernetes_api.rpc.KubernetesApi")
                                  .addMethods(Method.newBuilder().setName("MakeRequest")))))
          .build();
  private static final ConnectRequest HEADER =
      ConnectRequest.newBuilder().setHeader(Header.getDefaultInstance()).build();
  private static final ConnectRequest TRAILER =
      ConnectRequest.newBuilder().setTrailer(Trailer.getDefaultInstance()).build();
  private static final ConnectRequest HTTP_HEAD =
      message(
          HttpResponse.newBuilder()
              .setHeader(
                  HttpResponse.Header.newBuilder()
                      .setResponse(
                          io.mooring.wire.prototool.HttpResponse.newBuilder()
                              .setStatusCode(200)
                              .setStatus("200 OK")
                              .putHeader("Content-Type", value("application/json"))
                              .putHeader("Content-Length", value("" + ANSWER_BYTES))))
              .build());
  private static final ConnectRequest HTTP_DATA =
      message(
          HttpResponse.newBuilder()
              .setData(
                  HttpResponse.Data.newBuilder()
                      .setData(ByteString.copyFromUtf8("\"" + "x".repeat(ANSWER_BYTES - 2) + "\"")))
              .build());
  private static final ConnectRequest HTTP_TRAILER =
      message(
          HttpResponse.newBuilder().setTrailer(HttpResponse.Trailer.getDefaultInstance()).build());

  private final SimulatedAgent agent;
  private final ClientCall<ConnectRequest, ConnectResponse> call;
  private boolean busy;
  private boolean answered;

  SimulatedTunnel(SimulatedAgent agent, ClientCall<ConnectRequest, ConnectResponse> call) {
    this.agent = agent;
    this.call = call;
  }

  /** Offers the tunnel as soon as there is a connection. */
  void open(Metadata headers) {
    call.start(this, headers);
    call.sendMessage(DESCRIPTOR);
    // What follows is worth no compression; it is optional for every message.
    call.setMessageCompression(false);
    call.request(1);
  }

  @Override
  public void onMessage(ConnectResponse message) {
    call.request(1);
    switch (message.getMsgCase()) {
      case REQUEST_INFO -> {
        busy = true;
        agent.tunnelIsBusy();
      }
      case MESSAGE -> requested(message.getMessage().getData());
      case CLOSE_SEND, MSG_NOT_SET -> {}
    }
  }

  private void requested(ByteString data) {
    try {
      if (!answered && HttpRequest.parseFrom(data).hasTrailer()) {
        answered = true;
        answer();
      }
    } catch (InvalidProtocolBufferException e) {
      call.cancel("kas sent no HttpRequest", e);
    }
  }

  private void answer() {
    call.sendMessage(HEADER);
    call.sendMessage(HTTP_HEAD);
    call.sendMessage(HTTP_DATA);
    call.sendMessage(HTTP_TRAILER);
    call.sendMessage(TRAILER);
    call.halfClose();
    agent.answered();
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    agent.tunnelEnded(busy, status);
  }

  private static Values value(String text) {
    return Values.newBuilder().addValue(text).build();
  }

  private static ConnectRequest message(HttpResponse response) {
    return ConnectRequest.newBuilder()
        .setMessage(Message.newBuilder().setData(response.toByteString()))
        .build();
  }
}
