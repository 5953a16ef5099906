package io.mooring.agentk.kas;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.mooring.protocol.http.Headers;
import io.mooring.protocol.http.HttpMessages;
import io.mooring.wire.gitlabaccess.rpc.GitlabAccessGrpc;
import io.mooring.wire.gitlabaccess.rpc.HeaderExtra;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** GitLab's modules as a test scripts them: every request is kept and answered by the script. */
public final class GitLabModules extends GitlabAccessGrpc.GitlabAccessImplBase {
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Script script = request -> new Answer(404, "");

  /** What an agent asked. */
  public record Request(String module, String method, String path, String body) {}

  /** What GitLab says to it. */
  public record Answer(int status, String body) {}

  /** Answers requests; called by one thread at a time. */
  @FunctionalInterface
  public interface Script {
    /** The answer. */
    Answer answer(Request request);
  }

  /** From now on this answers. */
  public void script(Script next) {
    script = next;
  }

  /** All requests so far. */
  public List<Request> requests() {
    return requests;
  }

  @Override
  public StreamObserver<HttpRequest> makeRequest(StreamObserver<HttpResponse> responses) {
    return new StreamObserver<>() {
      private HttpRequest.Header header = HttpRequest.Header.getDefaultInstance();
      private ByteString body = ByteString.EMPTY;

      @Override
      public void onNext(HttpRequest message) {
        if (message.hasHeader()) {
          header = message.getHeader();
        } else if (message.hasData()) {
          body = body.concat(message.getData().getData());
        }
      }

      @Override
      public void onError(Throwable gone) {
        // The agent gave up: nobody waits for an answer.
      }

      @Override
      public void onCompleted() {
        try {
          var request =
              new Request(
                  header.getExtra().unpack(HeaderExtra.class).getModuleName(),
                  header.getRequest().getMethod(),
                  header.getRequest().getUrlPath(),
                  body.toStringUtf8());
          Answer answer;
          synchronized (requests) {
            requests.add(request);
            answer = script.answer(request);
          }
          responses.onNext(
              HttpMessages.response(answer.status(), "Text", Headers.builder().build()));
          ByteString text = ByteString.copyFromUtf8(answer.body());
          for (int from = 0; from < text.size(); from += HttpMessages.CHUNK) {
            responses.onNext(
                HttpMessages.responseData(
                    text.substring(from, Math.min(text.size(), from + HttpMessages.CHUNK))));
          }
          responses.onNext(HttpMessages.responseEnd());
          responses.onCompleted();
        } catch (InvalidProtocolBufferException e) {
          responses.onError(Status.INVALID_ARGUMENT.withCause(e).asRuntimeException());
        }
      }
    };
  }
}
