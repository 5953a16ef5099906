package io.mooring.protocol.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationGrpc;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationResponse;
import io.mooring.wire.configurationproject.rpc.ConfigurationProjectGrpc;
import io.mooring.wire.configurationproject.rpc.ListAgentConfigFilesRequest;
import io.mooring.wire.configurationproject.rpc.ListAgentConfigFilesResponse;
import io.mooring.wire.gitlabaccess.rpc.GitlabAccessGrpc;
import io.mooring.wire.grpctool.HttpRequest;
import io.mooring.wire.grpctool.HttpResponse;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ValidatingInterceptorsTest {

  private final Deque<Runnable> cleanups = new ArrayDeque<>();

  @AfterEach
  void closeEverything() {
    cleanups.forEach(Runnable::run);
  }

  @Test
  @Tag("wire-29")
  void serverListsAllViolationsOfARequest() throws IOException {
    var seen = new ArrayList<ListAgentConfigFilesRequest>();
    var channel =
        serve(
            new ConfigurationProjectGrpc.ConfigurationProjectImplBase() {
              @Override
              public void listAgentConfigFiles(
                  ListAgentConfigFilesRequest request,
                  StreamObserver<ListAgentConfigFilesResponse> response) {
                seen.add(request);
                response.onCompleted();
              }
            });

    assertThatThrownBy(() ->
            ConfigurationProjectGrpc.newBlockingStub(channel)
                .listAgentConfigFiles(ListAgentConfigFilesRequest.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage(
            "INVALID_ARGUMENT: invalid ListAgentConfigFilesRequest.Repository: value is required; "
                + "invalid ListAgentConfigFilesRequest.GitalyInfo: value is required");
    assertThat(seen).isEmpty();
  }

  @Test
  @Tag("wire-29")
  void serverEndsAStreamAtTheFirstInvalidMessage() throws Exception {
    var service = new RecordingAccess();
    var channel = serve(service);
    var outcome = new CompletableFuture<Status>();

    StreamObserver<HttpRequest> requests =
        GitlabAccessGrpc.newStub(channel).makeRequest(statusOf(outcome));
    requests.onNext(data());
    requests.onNext(HttpRequest.getDefaultInstance());
    requests.onNext(data());

    Status status = within(outcome);
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo("invalid HttpRequest.Message: value is required");
    assertThat(service.ended.poll(30, TimeUnit.SECONDS)).isEqualTo(Status.Code.CANCELLED);
    assertThat(service.received).containsExactly(data());
  }

  @Test
  @Tag("wire-28")
  void clientAbortsACallWithAnInvalidResponse() throws IOException {
    var cancelled = new CompletableFuture<Boolean>();
    var channel =
        serve(
            new AgentConfigurationGrpc.AgentConfigurationImplBase() {
              @Override
              public void getConfiguration(
                  ConfigurationRequest request, StreamObserver<ConfigurationResponse> response) {
                ((ServerCallStreamObserver<ConfigurationResponse>) response)
                    .setOnCancelHandler(() -> cancelled.complete(true));
                response.onNext(ConfigurationResponse.newBuilder().setCommitId("c").build());
                response.onNext(ConfigurationResponse.getDefaultInstance());
              }
            });

    var responses =
        AgentConfigurationGrpc.newBlockingStub(channel)
            .withInterceptors(new ValidatingClientInterceptor())
            .getConfiguration(ConfigurationRequest.getDefaultInstance());

    assertThat(responses.next().getCommitId()).isEqualTo("c");
    assertThatThrownBy(responses::next)
        .hasMessage(
            "INVALID_ARGUMENT: invalid server response: "
                + "invalid ConfigurationResponse.CommitId: value length must be at least 1 bytes");
    assertThat(cancelled).succeedsWithin(30, TimeUnit.SECONDS);
  }

  private ManagedChannel serve(BindableService service) throws IOException {
    String name = InProcessServerBuilder.generateName();
    Server server =
        InProcessServerBuilder.forName(name)
            .addService(service)
            .intercept(new ValidatingServerInterceptor())
            .build()
            .start();
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    cleanups.push(server::shutdownNow);
    cleanups.push(channel::shutdownNow);
    return channel;
  }

  private static HttpRequest data() {
    return HttpRequest.newBuilder().setData(HttpRequest.Data.getDefaultInstance()).build();
  }

  private static Status within(CompletableFuture<Status> outcome)
      throws InterruptedException, ExecutionException, TimeoutException {
    return outcome.get(30, TimeUnit.SECONDS);
  }

  private static StreamObserver<HttpResponse> statusOf(CompletableFuture<Status> outcome) {
    return new StreamObserver<>() {
      @Override
      public void onNext(HttpResponse response) {}

      @Override
      public void onError(Throwable error) {
        outcome.complete(Status.fromThrowable(error));
      }

      @Override
      public void onCompleted() {
        outcome.complete(Status.OK);
      }
    };
  }

  /**
   * Goes on writing after the interceptor closed the call, as a handler on another thread would.
   */
  private static final class RecordingAccess extends GitlabAccessGrpc.GitlabAccessImplBase {

    private final List<HttpRequest> received = new ArrayList<>();
    private final BlockingQueue<Status.Code> ended = new LinkedBlockingQueue<>();

    @Override
    public StreamObserver<HttpRequest> makeRequest(StreamObserver<HttpResponse> response) {
      ((ServerCallStreamObserver<HttpResponse>) response).setOnCancelHandler(() -> {});
      return new StreamObserver<>() {
        @Override
        public void onNext(HttpRequest request) {
          received.add(request);
        }

        @Override
        public void onError(Throwable error) {
          response.onNext(HttpResponse.getDefaultInstance());
          response.onCompleted();
          ended.add(Status.fromThrowable(error).getCode());
        }

        @Override
        public void onCompleted() {
          ended.add(Status.Code.OK);
        }
      };
    }
  }
}
