package io.mooring.agentk.remotedevelopment;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.mooring.protocol.http.Headers;
import io.mooring.protocol.http.HttpMessages;
import io.mooring.wire.gitlabaccess.rpc.GitlabAccessGrpc;
import io.mooring.wire.gitlabaccess.rpc.HeaderExtra;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Requests to one module of GitLab, which kas passes on. Safe for any thread. */
final class GitLabModule {
  /** GitLab answers a report of everything within its own limit of a minute. */
  private static final long LIMIT_SECONDS = 90;

  /** Thousands of workspaces with all their objects; more is no answer to a report. */
  private static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;

  private final Channel kas;
  private final Any module;

  /**
   * A module.
   *
   * @param kas fails at once when kas is away
   * @param name as it stands in GitLab's paths
   */
  GitLabModule(Channel kas, String name) {
    this.kas = kas;
    this.module = Any.pack(HeaderExtra.newBuilder().setModuleName(name).build());
  }

  /** What GitLab said. */
  record Answer(int status, ByteString body) {}

  /**
   * Posts JSON to a path of the module.
   *
   * @throws StatusException when there is no whole answer
   * @throws IOException when the answer is too large
   */
  Answer post(String path, byte[] json) throws StatusException, IOException, InterruptedException {
    BlockingClientCall<HttpRequest, HttpResponse> call =
        GitlabAccessGrpc.newBlockingV2Stub(kas)
            .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
            .makeRequest();
    try {
      send(call, path, json);
      return answer(call);
    } finally {
      call.cancel("done", null);
    }
  }

  private void send(BlockingClientCall<HttpRequest, HttpResponse> call, String path, byte[] json)
      throws StatusException, InterruptedException {
    Headers headers = Headers.builder().add("Content-Type", "application/json").build();
    boolean open =
        call.write(
            HttpMessages.request(
                "POST", headers, path, Map.of(), Optional.of(module), json.length));
    ByteString body = ByteString.copyFrom(json);
    for (int from = 0; open && from < body.size(); from += HttpMessages.CHUNK) {
      int to = Math.min(body.size(), from + HttpMessages.CHUNK);
      open = call.write(HttpMessages.requestData(body.substring(from, to)));
    }
    if (open && call.write(HttpMessages.requestEnd())) {
      call.halfClose();
    }
  }

  private static Answer answer(BlockingClientCall<HttpRequest, HttpResponse> call)
      throws StatusException, IOException, InterruptedException {
    int status = 0;
    var body = new ByteArrayOutputStream();
    for (HttpResponse message = call.read(); message != null; message = call.read()) {
      if (message.hasHeader()) {
        status = message.getHeader().getResponse().getStatusCode();
      } else if (message.hasData()) {
        message.getData().getData().writeTo(body);
        if (body.size() > MAX_ANSWER_BYTES) {
          throw new IOException("the answer is longer than %d bytes".formatted(MAX_ANSWER_BYTES));
        }
      }
    }
    return new Answer(status, ByteString.copyFrom(body.toByteArray()));
  }
}
