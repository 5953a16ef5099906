package io.mooring.kas.kubernetesapi;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.mooring.protocol.http.Headers;
import io.mooring.protocol.http.HttpMessages;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import io.mooring.wire.kubernetesapi.rpc.KubernetesApiGrpc;
import io.mooring.wire.prototool.Values;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where requests arrive that the proxy sent on; a test says what is answered. */
final class ScriptedAgent implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 10;

  private final Server server;
  private final ManagedChannel channel;
  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private volatile int readAhead = Integer.MAX_VALUE;

  ScriptedAgent() {
    String name = InProcessServerBuilder.generateName();
    var method = KubernetesApiGrpc.getMakeRequestMethod();
    try {
      server =
          InProcessServerBuilder.forName(name)
              .directExecutor()
              .addService(
                  ServerServiceDefinition.builder(KubernetesApiGrpc.getServiceDescriptor())
                      .addMethod(method, this::accept)
                      .build())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the agent", e);
    }
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  private ServerCall.Listener<HttpRequest> accept(
      ServerCall<HttpRequest, HttpResponse> call, Metadata metadata) {
    Call accepted = new Call(call, metadata);
    call.sendHeaders(new Metadata());
    call.request(readAhead);
    calls.add(accepted);
    return accepted;
  }

  /** The way to it. */
  Channel channel() {
    return channel;
  }

  /** Calls that come from now on are read no further than so many messages. */
  void readAhead(int messages) {
    readAhead = messages;
  }

  /** The next request that arrives. */
  Call next() throws InterruptedException, TimeoutException {
    Call call = calls.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (call == null) {
      throw new TimeoutException("no request came");
    }
    return call;
  }

  /** Whether no request has come that was not looked at. */
  boolean isIdle() {
    return calls.isEmpty();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  /** One request, seen by agentk. */
  static final class Call extends ServerCall.Listener<HttpRequest> {
    private final ServerCall<HttpRequest, HttpResponse> call;
    private final Metadata metadata;
    private final BlockingQueue<HttpRequest> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Boolean> halfClosed = new CompletableFuture<>();
    private final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();

    Call(ServerCall<HttpRequest, HttpResponse> call, Metadata metadata) {
      this.call = call;
      this.metadata = metadata;
    }

    Metadata metadata() {
      return metadata;
    }

    /** The next message. */
    HttpRequest next() throws InterruptedException, TimeoutException {
      HttpRequest message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new TimeoutException("no message came");
      }
      return message;
    }

    /** The head, which comes first. */
    HttpRequest.Header head() throws Exception {
      HttpRequest message = next();
      if (!message.hasHeader()) {
        throw new AssertionError("not a head: " + message.getMessageCase());
      }
      return message.getHeader();
    }

    /** What follows the head up to the trailer. */
    ByteString body() throws Exception {
      ByteString body = ByteString.EMPTY;
      for (HttpRequest message = next(); !message.hasTrailer(); message = next()) {
        body = body.concat(message.getData().getData());
      }
      return body;
    }

    int waiting() {
      return received.size();
    }

    void read(int messages) {
      call.request(messages);
    }

    boolean isReady() {
      return call.isReady();
    }

    Call head(int code, Map<String, String> headers) {
      Headers.Builder builder = Headers.builder();
      headers.forEach(builder::add);
      return send(HttpMessages.response(code, "text", builder.build()));
    }

    /** A head whose headers may have several values or any spelling. */
    Call rawHead(int code, Map<String, Values> headers) {
      return send(
          HttpResponse.newBuilder()
              .setHeader(
                  HttpResponse.Header.newBuilder()
                      .setResponse(
                          io.mooring.wire.prototool.HttpResponse.newBuilder()
                              .setStatusCode(code)
                              .setStatus(code + " text")
                              .putAllHeader(headers)))
              .build());
    }

    Call data(String text) {
      return send(HttpMessages.responseData(ByteString.copyFromUtf8(text)));
    }

    Call data(ByteString bytes) {
      return send(HttpMessages.responseData(bytes));
    }

    Call upgradeData(String text) {
      return send(HttpMessages.responseUpgradeData(ByteString.copyFromUtf8(text)));
    }

    Call trailer() {
      return send(HttpMessages.responseEnd());
    }

    Call send(HttpResponse message) {
      call.sendMessage(message);
      return this;
    }

    void end(Status status) {
      call.close(status, new Metadata());
    }

    /** Answers with text and ends well. */
    void answer(int code, Map<String, String> headers, String body) {
      head(code, headers);
      if (!body.isEmpty()) {
        data(body);
      }
      trailer().end(Status.OK);
    }

    void awaitHalfClose() throws Exception {
      halfClosed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    boolean isHalfClosed() {
      return halfClosed.isDone();
    }

    void awaitCancel() throws Exception {
      cancelled.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void onMessage(HttpRequest message) {
      received.add(message);
    }

    @Override
    public void onHalfClose() {
      halfClosed.complete(true);
    }

    @Override
    public void onCancel() {
      cancelled.complete(true);
    }
  }
}
