package io.mooring.agentk.kubernetesapi;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.mooring.agentk.kubernetes.AccessSource;
import io.mooring.agentk.kubernetes.ApiAccess;
import io.mooring.protocol.automata.MessageOrder;
import io.mooring.protocol.validation.InvalidMessageException;
import io.mooring.protocol.validation.Validator;
import io.mooring.wire.grpctool.HttpRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way to the API server and the answer on its way back (tunnel.md 6.3). Both
 * directions are independent of each other, so that an early answer reaches the caller of an upload
 * at once. Owned by the event loop.
 */
// hot: benchmarks B1, B3, B5.
// A write that fails ends the connection, and this hears of that.
@SuppressWarnings("FutureReturnValueIgnored")
final class ProxiedRequest extends ServerCall.Listener<HttpRequest>
    implements ApiConnections.Waiter, ApiConnection.User {
  private static final Logger LOG = LoggerFactory.getLogger(ProxiedRequest.class);
  private static final String PREFIX = "gRPC -> HTTP: ";

  private final ServerCall<HttpRequest, ByteString> call;
  private final AccessSource source;
  private final ApiConnections connections;
  private final RequestCounts counts;
  private final MessageOrder order = MessageOrder.of(HttpRequest.getDescriptor());
  private @Nullable RequestHead head;
  private @Nullable ApiAccess access;
  private @Nullable ApiConnection connection;
  private RequestBody body = RequestBody.UNDECIDED;
  private AnswerState answer = AnswerState.AWAITED;
  private int status;
  private long left;
  private boolean requestEnded;
  private boolean waitsForWrites;
  private boolean reusable;
  private boolean retried;
  private boolean over;

  ProxiedRequest(
      ServerCall<HttpRequest, ByteString> call,
      AccessSource source,
      ApiConnections connections,
      RequestCounts counts) {
    this.call = call;
    this.source = source;
    this.connections = connections;
    this.counts = counts;
  }

  @Override
  public void onMessage(HttpRequest message) {
    if (over) {
      return;
    }
    order.next(message.getMessageCase().getNumber());
    switch (message.getMessageCase()) {
      case HEADER -> begin(message);
      case DATA -> data(message.getData().getData());
      case TRAILER -> trailer();
      case UPGRADEDATA -> upgradeData(message.getUpgradeData().getData());
      case MESSAGE_NOT_SET -> throw new IllegalStateException("the order lets this not pass");
    }
  }

  private void begin(HttpRequest message) {
    try {
      Validator.check(message);
      access = source.current();
      head = RequestHead.of(message.getHeader(), access);
    } catch (InvalidMessageException e) {
      fail(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
      return;
    } catch (RequestRefusedException e) {
      fail(Status.UNAVAILABLE.withDescription(PREFIX + e.getMessage()).withCause(e));
      return;
    }
    if (head.length().isPresent()) {
      left = head.length().getAsLong();
      body = RequestBody.of(left);
    }
    if (head.isUpgrade()) {
      connections.dial(access, true, this);
    } else {
      connections.acquire(access, this);
    }
  }

  @Override
  public void connected(ApiConnection made) {
    if (over) {
      connections.release(made);
      return;
    }
    connection = made;
    made.use(this);
    if (body == RequestBody.UNDECIDED) {
      call.request(1);
    } else {
      sendHead();
      if (!retried) {
        call.request(1);
      }
    }
  }

  @Override
  public void failed(String what, @Nullable Throwable cause) {
    if (!over) {
      fail(Status.UNAVAILABLE.withDescription(PREFIX + what).withCause(cause));
    }
  }

  private void sendHead() {
    RequestHead sent = Objects.requireNonNull(head);
    ApiConnection to = Objects.requireNonNull(connection);
    requestEnded = body == RequestBody.NONE;
    HttpMessage message =
        switch (body) {
          case KNOWN_LENGTH -> sent.withLength(left);
          case CHUNKED -> sent.chunked();
          case NONE, UNDECIDED -> sent.alone();
        };
    to.write(message)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (!written.isSuccess()
                      && !(written.cause() instanceof IOException)
                      && connection == to) {
                    to.fail(
                        "the request cannot be written: " + written.cause().getMessage(),
                        written.cause());
                  }
                });
    to.flush();
    to.read();
  }

  private void data(ByteString bytes) {
    if (body == RequestBody.NONE) {
      fail(Status.INTERNAL.withDescription("unexpected HttpRequest_Data message received"));
      return;
    }
    if (body == RequestBody.UNDECIDED) {
      body = RequestBody.CHUNKED;
      sendHead();
    }
    if (body == RequestBody.KNOWN_LENGTH) {
      left -= bytes.size();
      if (left < 0) {
        fail(
            Status.CANCELLED.withDescription(
                PREFIX
                    + "write HTTP request body: it is "
                    + -left
                    + " bytes longer than announced"));
        return;
      }
    }
    write(new DefaultHttpContent(wrapped(bytes)));
  }

  private void write(Object message) {
    ApiConnection to = connection;
    if (over || to == null) {
      return;
    }
    to.write(message);
    to.flush();
    if (to.isWritable()) {
      call.request(1);
    } else {
      waitsForWrites = true;
    }
  }

  @Override
  public void writable() {
    if (waitsForWrites && !over) {
      waitsForWrites = false;
      call.request(1);
    }
  }

  private void trailer() {
    RequestHead sent = Objects.requireNonNull(head);
    if (body == RequestBody.UNDECIDED) {
      body = RequestBody.NONE;
      sendHead();
    }
    if (sent.isUpgrade()) {
      endRequest();
    }
    // What comes after the trailer of an upgrade has a meaning only once it is answered.
    if (!over && (!sent.isUpgrade() || answer.isFinal())) {
      call.request(1);
    }
  }

  private void upgradeData(ByteString bytes) {
    if (!Objects.requireNonNull(head).isUpgrade()) {
      fail(Status.INTERNAL.withDescription("unexpected HttpRequest_UpgradeData message received"));
    } else if (answer == AnswerState.SWITCHED) {
      write(wrapped(bytes));
    } else {
      fail(
          Status.INTERNAL.withDescription(
              "unexpected HttpRequest_UpgradeData message for HTTP status code " + status));
    }
  }

  private static ByteBuf wrapped(ByteString bytes) {
    return Unpooled.wrappedBuffer(bytes.asReadOnlyByteBuffer());
  }

  @Override
  public void onHalfClose() {
    if (over) {
      return;
    }
    order.end();
    if (answer == AnswerState.SWITCHED) {
      Objects.requireNonNull(connection).shutdownOutput();
    } else {
      endRequest();
    }
  }

  private void endRequest() {
    if (requestEnded) {
      return;
    }
    if (body == RequestBody.KNOWN_LENGTH && left > 0) {
      fail(
          Status.CANCELLED.withDescription(
              PREFIX + "write HTTP request body: it ended " + left + " bytes early"));
      return;
    }
    requestEnded = true;
    ApiConnection to = Objects.requireNonNull(connection);
    to.write(LastHttpContent.EMPTY_LAST_CONTENT);
    to.flush();
  }

  @Override
  public void head(HttpResponse response) {
    status = response.status().code();
    boolean switches = HttpResponseStatus.SWITCHING_PROTOCOLS.equals(response.status());
    if (!switches && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      answer = AnswerState.INTERIM;
      return;
    }
    RequestHead sent = Objects.requireNonNull(head);
    if (switches && !sent.faultOfSwitch(response).isEmpty()) {
      Objects.requireNonNull(connection).fail(sent.faultOfSwitch(response), null);
      return;
    }
    if (HttpResponseStatus.UNAUTHORIZED.equals(response.status())) {
      source.refused();
    }
    answer = switches ? AnswerState.SWITCHING : AnswerState.STARTED;
    reusable = HttpUtil.isKeepAlive(response);
    call.sendHeaders(new Metadata());
    call.sendMessage(ResponseMessages.header(response));
    if (!switches && sent.isUpgrade()) {
      call.request(1);
    }
  }

  @Override
  public void body(ByteBuf bytes) {
    ResponseMessages.data(bytes, call::sendMessage);
  }

  @Override
  public void end() {
    switch (answer) {
      case INTERIM -> answer = AnswerState.AWAITED;
      case SWITCHING -> {
        call.sendMessage(ResponseMessages.TRAILER);
        answer = AnswerState.SWITCHED;
        Objects.requireNonNull(connection).switchToBytes();
        call.request(1);
      }
      case AWAITED, STARTED, SWITCHED -> {
        call.sendMessage(ResponseMessages.TRAILER);
        answered();
      }
    }
  }

  private void answered() {
    ApiConnection used = Objects.requireNonNull(connection);
    over = true;
    connection = null;
    if (reusable && requestEnded && !Objects.requireNonNull(head).isUpgrade()) {
      connections.release(used);
    } else {
      used.close();
    }
    counts.ended(RequestOutcome.ANSWERED);
    call.close(Status.OK, new Metadata());
  }

  @Override
  public void bytes(ByteBuf bytes) {
    ResponseMessages.upgradeData(bytes, call::sendMessage);
  }

  @Override
  public void bytesEnded() {
    over = true;
    Objects.requireNonNull(connection).closeAfterWrites();
    connection = null;
    counts.ended(RequestOutcome.UPGRADED);
    call.close(Status.OK, new Metadata());
  }

  @Override
  public void onReady() {
    if (connection != null) {
      connection.read();
    }
  }

  @Override
  public boolean takesMore() {
    return !answer.hasHead() || call.isReady();
  }

  @Override
  public void broken(String what, @Nullable Throwable cause) {
    ApiConnection lost = Objects.requireNonNull(connection);
    connection = null;
    if (over) {
      return;
    }
    // The API server may close a connection just when it is used again; once that is no fault.
    if (!answer.hasHead()
        && lost.wasUsed()
        && !retried
        && body == RequestBody.NONE
        && Objects.requireNonNull(head).mayBeRepeated()) {
      retried = true;
      connections.dial(Objects.requireNonNull(access), false, this);
      return;
    }
    Status failure = answer.hasHead() ? Status.CANCELLED : Status.UNAVAILABLE;
    String when = answer.hasHead() ? "read HTTP response: " : "";
    fail(failure.withDescription(PREFIX + when + what).withCause(cause));
  }

  private void fail(Status failure) {
    over = true;
    if (connection != null) {
      connection.close();
      connection = null;
    }
    LOG.atDebug()
        .addKeyValue("mod_name", "kubernetes_api")
        .addKeyValue("error", failure)
        .log("Request to the API server failed");
    counts.ended(RequestOutcome.FAILED);
    call.close(failure, new Metadata());
  }

  @Override
  public void onCancel() {
    if (!over) {
      over = true;
      counts.ended(RequestOutcome.CANCELLED);
    }
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}
