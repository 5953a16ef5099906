package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.mooring.kas.gitlab.ScriptedGitLab;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.kas.routing.RoutedAgent;
import io.mooring.kas.tunnel.AgentStream;
import io.mooring.kas.tunnel.Caller;
import io.mooring.kas.tunnel.RawMessages;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationGrpc;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationResponse;
import io.mooring.wire.entity.AgentMeta;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of an agent's streams when GitLab no longer accepts its token. */
class RevocationTest {
  private static final ByteString HELLO = ByteString.copyFromUtf8("hello");
  private static final String NEW_TOKEN = "glagent-of-the-agent-that-was-created-again-0123456";

  private KasFixture kas;

  @BeforeEach
  void start(@TempDir Path directory) {
    kas =
        KasFixture.start(
            directory,
            "{address: '127.0.0.1:0', listen_grace_period: 0.1s}\n  info_cache_ttl: 0.5s",
            "");
  }

  @AfterEach
  void stop() {
    kas.close();
  }

  @Test
  @Tag("fault-2")
  void endsAllStreamsAndWhatRunsThroughThem() throws Exception {
    AgentStream busy = AgentStream.open(kas.agent());
    Caller watch = call(5, CallOptions.DEFAULT).send(HELLO);
    busy.next();
    busy.header(java.util.Map.of()).message(HELLO);
    assertThat(watch.next()).isEqualTo(HELLO);
    AgentStream idle = AgentStream.open(kas.agent());
    CompletableFuture<Status> configuration = configurationStream();

    kas.gitlab().on("agent_info", request -> Reply.status(401));

    assertThat(busy.end().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(idle.end().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(configuration.get(20, TimeUnit.SECONDS).getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(watch.end().status().getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(refusalWithoutTunnel(5)).startsWith("RouteToKasStreamHandler request aborted");
  }

  @Test
  @Tag("fault-2")
  @Tag("fault-6")
  void keepsAllStreamsWhileGitLabHasNoAnswer() throws Exception {
    AgentStream agent = AgentStream.open(kas.agent());
    Caller caller = call(5, CallOptions.DEFAULT).send(HELLO).halfClose();
    agent.next();

    kas.gitlab().on("agent_info", request -> Reply.status(501));
    int before = kas.gitlab().asked("agent_info").size();
    await().until(() -> kas.gitlab().asked("agent_info").size() >= before + 3);

    agent.answer(agent.next().getMessage().getData());
    assertThat(caller.next()).isEqualTo(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("fault-4")
  void leavesNothingOfADeletedAgentToOneThatGotItsName() throws Exception {
    AgentStream old = AgentStream.open(kas.agent());
    await().until(() -> !kas.gitlab().asked("agent_info").isEmpty());

    kas.gitlab()
        .on(
            "agent_info",
            request ->
                request.header("Authorization").equals(Optional.of("Bearer " + NEW_TOKEN))
                    ? Reply.json(200, ScriptedGitLab.agentInfo(6, 7))
                    : Reply.status(404));
    AgentStream created = AgentStream.open(kas.agent("Bearer " + NEW_TOKEN));

    Caller caller = call(6, CallOptions.DEFAULT).send(HELLO).halfClose();
    created.next();
    created.answer(created.next().getMessage().getData());
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    assertThat(old.end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(refusalWithoutTunnel(5)).startsWith("RouteToKasStreamHandler request aborted");
    assertThat(AgentStream.open(kas.agent()).end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  /** Nobody finds a tunnel of this agent any more, not even a dead one. */
  private String refusalWithoutTunnel(long agentId) throws Exception {
    Status status =
        call(agentId, CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS))
            .end()
            .status();
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    return String.valueOf(status.getDescription());
  }

  private CompletableFuture<Status> configurationStream() {
    CompletableFuture<Status> end = new CompletableFuture<>();
    AgentConfigurationGrpc.newStub(kas.agent())
        .getConfiguration(
            ConfigurationRequest.newBuilder()
                .setAgentMeta(AgentMeta.newBuilder().setVersion("v1").setCommitId("c"))
                .build(),
            new io.grpc.stub.StreamObserver<>() {
              @Override
              public void onNext(ConfigurationResponse response) {}

              @Override
              public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
    return end;
  }

  private Caller call(long agentId, CallOptions options) {
    Metadata headers = new Metadata();
    RoutedAgent.set(headers, agentId);
    return Caller.start(
        kas.kas().agents().newCall(RawMessages.method(AgentStream.METHOD), options), headers);
  }
}
