package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.testkit.secret.Canaries;
import io.mooring.testkit.secret.CapturedOutput;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.mooring.wire.agentregistrar.rpc.RegisterResponse;
import io.mooring.wire.agenttracker.rpc.AgentTrackerGrpc;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsRequest;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsResponse;
import io.mooring.wire.event.GitPushEvent;
import io.mooring.wire.notifications.rpc.GitPushEventRequest;
import io.mooring.wire.notifications.rpc.NotificationsGrpc;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(Lifecycle.PER_CLASS)
class KasTest {
  private static final RegisterRequest REGISTER =
      RegisterRequest.newBuilder().setPodId(4711).build();

  private KasFixture kas;

  @BeforeAll
  void start(@TempDir Path directory) {
    kas =
        KasFixture.start(
            directory,
            "{address: '127.0.0.1:0', listen_grace_period: 0.1s, connections_per_token_per_minute: 50}",
            "");
  }

  @AfterAll
  void stop() {
    kas.close();
  }

  @BeforeEach
  void knownAgent() {
    kas.gitlab().withAgent(KasFixture.TOKEN, io.mooring.kas.gitlab.ScriptedGitLab.agentInfo(5, 7));
  }

  @Test
  @Tag("wire-94")
  void listsAnAgentThatRegistered() {
    AgentRegistrarGrpc.newBlockingStub(kas.agent()).register(REGISTER);

    GetConnectedAgentsResponse byAgent =
        connected(GetConnectedAgentsRequest.newBuilder().setAgentId(5).build());
    GetConnectedAgentsResponse byProject =
        connected(GetConnectedAgentsRequest.newBuilder().setProjectId(7).build());

    assertThat(byAgent.getAgentsList()).hasSize(1);
    assertThat(byAgent.getAgents(0).getConnectionId()).isEqualTo(4711);
    assertThat(byAgent.getAgents(0).getProjectId()).isEqualTo(7);
    assertThat(byProject.getAgentsList()).containsAll(byAgent.getAgentsList());
    assertThat(
            connected(GetConnectedAgentsRequest.newBuilder().setAgentId(600).build())
                .getAgentsList())
        .isEmpty();
  }

  @Test
  @Tag("wire-20")
  void refusesAnRpcWithoutToken() {
    Status status = registerStatus(kas.anonymousAgent());

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(status.getDescription()).isEqualTo("Request unauthenticated with bearer");
  }

  @ParameterizedTest
  @Tag("wire-20")
  @CsvSource({
    "Bearer, Bad authorization string",
    "Basic abc, Request unauthenticated with bearer",
    "'Bearer ', Request unauthenticated with bearer",
    "'Bearer  padded', Request unauthenticated with bearer",
  })
  @Tag("fault-1")
  void refusesWhatIsNoBearerToken(String authorization, String text) {
    Status status = registerStatus(kas.agent(authorization));

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(status.getDescription()).isEqualTo(text);
  }

  @ParameterizedTest
  @Tag("wire-20")
  @CsvSource({"bearer", "BEARER", "Bearer"})
  void takesTheSchemeInAnyCase(String scheme) {
    assertThat(register(kas.agent(scheme + " " + KasFixture.TOKEN)))
        .isEqualTo(RegisterResponse.getDefaultInstance());
  }

  @Test
  @Tag("fault-1")
  void refusesAnOversizedTokenAsAnyOther() {
    Status status = registerStatus(kas.agent("Bearer " + "x".repeat(1024 * 1024)));

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(kas.gitlab().asked())
        .noneMatch(request -> request.headers().toString().contains("xxxxx"));
  }

  @ParameterizedTest
  @Tag("wire-21")
  @CsvSource({
    "401, UNAUTHENTICATED, unauthenticated",
    "403, PERMISSION_DENIED, forbidden",
    "404, NOT_FOUND, agent not found",
    "500, UNAVAILABLE, unavailable",
    "302, UNAVAILABLE, unavailable",
    "204, UNAVAILABLE, unavailable",
  })
  void turnsGitLabsRefusalIntoAStatus(int http, Status.Code code, String text) {
    // Refusals are remembered by the first half of a token.
    String token = http + "-is-what-gitlab-says";
    kas.gitlab().on("agent_info", request -> Reply.status(http));

    Status status = registerStatus(kas.agent("Bearer " + token));

    assertThat(status.getCode()).isEqualTo(code);
    assertThat(status.getDescription()).isEqualTo(text);
  }

  @Test
  @Tag("fault-1")
  @Tag("wire-59")
  void asksGitLabOnceForATokenItRefused() {
    kas.gitlab().on("agent_info", request -> Reply.status(401));
    String token = "wrong-and-used-again-and-again";
    int before = kas.gitlab().asked("agent_info").size();

    for (int i = 0; i < 5; i++) {
      registerStatus(kas.agent("Bearer " + token));
    }

    assertThat(kas.gitlab().asked("agent_info")).hasSize(before + 1);
  }

  @Test
  @Tag("fault-4")
  void knowsNothingOfADeletedAgentsToken() {
    kas.gitlab()
        .withAgent(
            "new-agent-has-a-token-of-its-own",
            io.mooring.kas.gitlab.ScriptedGitLab.agentInfo(6, 7));

    Status status = registerStatus(kas.agent("Bearer deleted-agent-had-a-token-too"));

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(register(kas.agent("Bearer new-agent-has-a-token-of-its-own"))).isNotNull();
  }

  @Test
  @Tag("wire-29")
  void answersAnInvalidRequestWithAllItsViolations() {
    StatusRuntimeException refusal =
        failure(() ->
            NotificationsGrpc.newBlockingStub(kas.api())
                .gitPushEvent(
                    GitPushEventRequest.newBuilder()
                        .setEvent(
                            GitPushEvent.newBuilder()
                                .setProject(io.mooring.wire.event.Project.getDefaultInstance()))
                        .build()));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal.getStatus().getDescription())
        .contains("Id")
        .contains("; ")
        .contains("FullPath");
  }

  @Test
  @Tag("wire-10")
  void takesCompressedRequests() {
    assertThat(
            AgentRegistrarGrpc.newBlockingStub(kas.agent())
                .withCompression("gzip")
                .register(REGISTER))
        .isEqualTo(RegisterResponse.getDefaultInstance());
  }

  @Test
  @Tag("wire-61")
  void refusesATokenThatStartsTooManyRpcsInAMinute() {
    String token = "in-a-hurry-is-this-agent";
    kas.gitlab().withAgent(token, io.mooring.kas.gitlab.ScriptedGitLab.agentInfo(8, 9));
    Channel agent = kas.agent("Bearer " + token);

    // The minute may change once in between.
    Status status = Status.OK;
    for (int i = 0; i < 102 && status.isOk(); i++) {
      status = registerStatus(agent);
    }

    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(status.getDescription())
        .isEqualTo("new connection rate limit exhausted for this agent, try again later");
    assertThat(register(kas.agent())).as("other agents").isNotNull();
  }

  @Test
  void answersAnUnknownMethodOfThePrivateApiOnlyToItsPeers() {
    String jwt =
        io.mooring.protocol.jwt.JwtSigner.kasToKas(
                KasFixture.secret(3), java.time.InstantSource.system())
            .token();

    assertThat(unknownMethod(kas.privateApi(jwt)).getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(unknownMethod(kas.privateApi("nonsense")).getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void showsMetricsAndProbes() throws Exception {
    register(kas.agent());

    assertThat(kas.observability("/liveness")).startsWith("200");
    assertThat(kas.observability("/readiness")).startsWith("200");
    assertThat(kas.observability("/metrics"))
        .startsWith("200")
        .contains("agent_server_rate_exceeded_total")
        .containsPattern("connected_agents_count [1-9]")
        .contains("gitlab_build_info{built=")
        .contains("process_")
        .containsPattern(
            "grpc_server_handled_total\\{grpc_code=\"OK\",grpc_method=\"Register\",grpc_service=\"gitlab.agent.agent_registrar.rpc.AgentRegistrar\",grpc_type=\"unary\"}");
  }

  @Test
  @Tag("fault-57")
  void showsNoTokenAnywhere() throws Exception {
    Canaries canaries = new Canaries();
    String token = canaries.secret("agent token", "glagent-");
    canaries.add("GitLab secret", KasFixture.secret(1).text());
    kas.gitlab().on("agent_info", request -> Reply.status(500));

    try (CapturedOutput output = CapturedOutput.start()) {
      Status status = registerStatus(kas.agent("Bearer " + token));

      canaries.assertAbsent("status", status.toString());
      canaries.assertAbsent("output", output.text());
    }
    canaries.assertAbsent("metrics", kas.observability("/metrics"));
  }

  private GetConnectedAgentsResponse connected(GetConnectedAgentsRequest request) {
    return AgentTrackerGrpc.newBlockingStub(kas.api()).getConnectedAgents(request);
  }

  private static RegisterResponse register(Channel channel) {
    return AgentRegistrarGrpc.newBlockingStub(channel).register(REGISTER);
  }

  private static Status registerStatus(Channel channel) {
    try {
      register(channel);
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  private static Status unknownMethod(Channel channel) {
    MethodDescriptor<Any, Any> method =
        MethodDescriptor.<Any, Any>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("some.Service/Method")
            .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(Any.getDefaultInstance()))
            .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(Any.getDefaultInstance()))
            .build();
    Any request = Any.newBuilder().setValue(ByteString.copyFromUtf8("x")).build();
    return failure(
            () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request))
        .getStatus();
  }

  private static StatusRuntimeException failure(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return e;
    }
    throw new AssertionError("the call succeeded");
  }
}
