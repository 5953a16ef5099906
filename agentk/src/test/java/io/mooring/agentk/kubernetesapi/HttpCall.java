package io.mooring.agentk.kubernetesapi;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.agentk.kas.CarriedCall;
import io.mooring.protocol.automata.MessageOrder;
import io.mooring.protocol.http.Headers;
import io.mooring.protocol.http.HttpMessages;
import io.mooring.protocol.http.Query;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import io.mooring.wire.reversetunnel.rpc.ConnectRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** An HTTP request through a tunnel, as kas makes it. */
final class HttpCall {
  final CarriedCall call;

  HttpCall(CarriedCall call) {
    this.call = call;
  }

  /** What a request begins with. */
  record Head(
      String method,
      Headers headers,
      String path,
      String query,
      Optional<Any> extra,
      Optional<Long> length) {
    static Head get(String path) {
      return new Head(
          "GET", Headers.builder().build(), path, "", Optional.empty(), Optional.of(0L));
    }

    static Head post(String path, long length) {
      return new Head(
          "POST", Headers.builder().build(), path, "", Optional.empty(), Optional.of(length));
    }

    Head with(String name, String value) {
      Headers.Builder all = Headers.builder();
      headers.asMap().forEach((key, values) -> values.forEach(each -> all.add(key, each)));
      return new Head(method, all.add(name, value).build(), path, query, extra, length);
    }

    Head withQuery(String text) {
      return new Head(method, headers, path, text, extra, length);
    }

    Head withExtra(Any any) {
      return new Head(method, headers, path, query, Optional.of(any), length);
    }

    Head withMethod(String name) {
      return new Head(name, headers, path, query, extra, length);
    }

    Head withoutLength() {
      return new Head(method, headers, path, query, extra, Optional.empty());
    }

    HttpRequest message() {
      HttpRequest message =
          HttpMessages.request(
              method, headers, path, Query.decode(query), extra, length.orElse(0L));
      return length.isPresent()
          ? message
          : message.toBuilder()
              .setHeader(message.getHeader().toBuilder().clearContentLength())
              .build();
    }
  }

  /** All of an answer. */
  record Answer(
      int status, Headers headers, ByteString body, ByteString raw, com.google.rpc.Status end) {
    Status.Code code() {
      return Status.fromCodeValue(end.getCode()).getCode();
    }

    String text() {
      return body.toStringUtf8();
    }
  }

  HttpCall begin(Head head) {
    call.send(head.message());
    return this;
  }

  HttpCall data(ByteString bytes) {
    call.send(HttpMessages.requestData(bytes));
    return this;
  }

  HttpCall data(String text) {
    return data(ByteString.copyFromUtf8(text));
  }

  HttpCall trailer() {
    call.send(HttpMessages.requestEnd());
    return this;
  }

  HttpCall bytes(ByteString bytes) {
    call.send(HttpMessages.requestUpgradeData(bytes));
    return this;
  }

  /** The end of a request that is no upgrade. */
  HttpCall end() {
    trailer();
    call.closeSend();
    return this;
  }

  /** The next message of the answer. */
  HttpResponse next()
      throws InterruptedException, TimeoutException, InvalidProtocolBufferException {
    ConnectRequest message = call.nextMessage();
    while (message.hasHeader()) {
      message = call.nextMessage();
    }
    if (!message.hasMessage()) {
      throw new AssertionError("the agent sent " + message + " (expected: a message)");
    }
    return HttpResponse.parseFrom(message.getMessage().getData());
  }

  /** Reads to the end. Order and size of the messages are checked. */
  Answer answer() throws InterruptedException, TimeoutException, InvalidProtocolBufferException {
    CarriedCall.Answer all = call.answer();
    MessageOrder order = MessageOrder.of(HttpResponse.getDescriptor());
    var head = io.mooring.wire.prototool.HttpResponse.getDefaultInstance();
    List<ByteString> body = new ArrayList<>();
    List<ByteString> raw = new ArrayList<>();
    for (ByteString bytes : all.messages()) {
      HttpResponse message = HttpResponse.parseFrom(bytes);
      if (head.getStatusCode() != 0 || message.hasHeader()) {
        order.next(message);
      }
      switch (message.getMessageCase()) {
        case HEADER -> head = message.getHeader().getResponse();
        case DATA -> body.add(message.getData().getData());
        case UPGRADEDATA -> raw.add(message.getUpgradeData().getData());
        case TRAILER, MESSAGE_NOT_SET -> {}
      }
      if (bytes.size() > HttpMessages.CHUNK + 16) {
        throw new AssertionError("a message of " + bytes.size() + " bytes");
      }
    }
    if (all.code() == Status.Code.OK) {
      try {
        order.end();
      } catch (StatusRuntimeException e) {
        throw new AssertionError("the answer ended too early: " + e.getMessage(), e);
      }
    }
    return new Answer(
        head.getStatusCode(),
        Headers.of(head.getHeaderMap()),
        ByteString.copyFrom(body),
        ByteString.copyFrom(raw),
        all.status());
  }
}
