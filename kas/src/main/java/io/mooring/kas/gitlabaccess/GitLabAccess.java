package io.mooring.kas.gitlabaccess;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Context;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.GitLabException;
import io.mooring.kas.gitlab.ModuleAnswer;
import io.mooring.kas.gitlab.ModuleRequest;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.rpc.Exchange;
import io.mooring.kas.rpc.Feature;
import io.mooring.protocol.http.Headers;
import io.mooring.protocol.http.HttpMessages;
import io.mooring.wire.gitlabaccess.rpc.GitlabAccessGrpc;
import io.mooring.wire.gitlabaccess.rpc.HeaderExtra;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * {@code MakeRequest}: carries a request of an agent to GitLab and the answer back, whatever its
 * status.
 */
public final class GitLabAccess extends GitlabAccessGrpc.GitlabAccessImplBase implements Feature {
  private final GitLabApi api;

  /** Over one API. */
  public GitLabAccess(GitLabApi api) {
    this.api = api;
  }

  @Override
  public List<ServerServiceDefinition> agentServices() {
    return List.of(bindService());
  }

  @Override
  public StreamObserver<HttpRequest> makeRequest(StreamObserver<HttpResponse> responses) {
    return Exchange.serve(responses, this::carry);
  }

  private void carry(Exchange<HttpRequest, HttpResponse> exchange)
      throws StatusException, InterruptedException {
    ReceivedRequest request = ReceivedRequest.receive(exchange);
    io.mooring.wire.prototool.HttpRequest head = request.header().getRequest();
    Headers headers = Headers.of(head.getHeaderMap());
    if (headers.isUpgrade()) {
      throw unavailable("connection upgrade is not supported");
    }
    ModuleRequest outgoing =
        new ModuleRequest(
            module(request.header()),
            head.getMethod(),
            head.getUrlPath(),
            head.getQueryMap(),
            headers,
            request.body(),
            AgentToken.current().secret());
    try (ModuleAnswer answer = api.module(outgoing)) {
      Context.CancellationListener abort = cancelled -> answer.abort();
      Context.current().addListener(abort, Runnable::run);
      try {
        deliver(answer, exchange);
      } finally {
        Context.current().removeListener(abort);
      }
    } catch (GitLabException e) {
      throw unavailable(String.valueOf(e.getMessage()));
    }
  }

  private static void deliver(ModuleAnswer answer, Exchange<HttpRequest, HttpResponse> exchange)
      throws StatusException, InterruptedException {
    String reason = HttpResponseStatus.valueOf(answer.status()).reasonPhrase();
    exchange.send(HttpMessages.response(answer.status(), reason, answer.headers()));
    InputStream body = answer.body();
    byte[] buffer = new byte[HttpMessages.CHUNK];
    try {
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        exchange.send(HttpMessages.responseData(ByteString.copyFrom(buffer, 0, read)));
      }
    } catch (IOException e) {
      throw Status.CANCELLED
          .withDescription("gRPC -> HTTP: read response body: " + e.getMessage())
          .withCause(e)
          .asException();
    }
    exchange.send(HttpMessages.responseEnd());
  }

  private static String module(HttpRequest.Header header) throws StatusException {
    Any extra = header.getExtra();
    if (!header.hasExtra() || !extra.is(HeaderExtra.class)) {
      throw unavailable("header extra is missing or of another type (expected: HeaderExtra)");
    }
    try {
      String module = extra.unpack(HeaderExtra.class).getModuleName();
      if (!module.isEmpty()) {
        return module;
      }
    } catch (InvalidProtocolBufferException e) {
      throw unavailable("header extra is unreadable: " + e.getMessage());
    }
    throw unavailable("header extra has no module name");
  }

  private static StatusException unavailable(String text) {
    return Status.UNAVAILABLE.withDescription("gRPC -> HTTP: " + text).asException();
  }
}
