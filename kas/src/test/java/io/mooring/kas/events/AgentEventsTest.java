package io.mooring.kas.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.kas.config.GitLabSettings;
import io.mooring.kas.config.TokenBucket;
import io.mooring.kas.gitlab.AgentReports;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.ScriptedGitLab;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.rpc.FeatureServer;
import io.mooring.protocol.secret.Secret;
import io.mooring.testkit.time.FakeClock;
import io.mooring.wire.agentevents.rpc.AgentEventsGrpc;
import io.mooring.wire.agentevents.rpc.Event;
import io.mooring.wire.agentevents.rpc.ReportRequest;
import io.mooring.wire.agentevents.rpc.SyncFinished;
import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AgentEventsTest {
  private static final AgentInfo AGENT =
      new AgentInfo(
          5,
          7,
          "agent-x",
          GitalyInfo.getDefaultInstance(),
          GitalyRepository.getDefaultInstance(),
          "main");
  private static final ReportRequest REQUEST =
      ReportRequest.newBuilder()
          .addEvents(
              Event.newBuilder()
                  .setId("e1")
                  .setTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
                  .setSyncFinished(
                      SyncFinished.newBuilder()
                          .setProjectId("group/project")
                          .setOutcome(SyncFinished.Outcome.SUCCEEDED)
                          .setApplied(3)))
          .build();

  private final FakeClock clock = new FakeClock();
  private final ScriptedGitLab gitlab = ScriptedGitLab.start();
  private final GitLabApi api =
      new GitLabApi(
          new GitLabSettings(
              gitlab.url(),
              Optional.empty(),
              Path.of("unused"),
              Optional.empty(),
              new TokenBucket(50, 250)),
          Secret.of("0123456789abcdef0123456789abcdef"),
          InstantSource.system());
  private FeatureServer server;

  @BeforeEach
  void start() throws Exception {
    server = new FeatureServer(new AgentEvents(token -> AGENT, new AgentReports(api, clock)));
  }

  @AfterEach
  void stop() {
    server.close();
    api.close();
    gitlab.close();
  }

  @Test
  @Tag("fault-3")
  void reportsForTheAgentOfTheToken() {
    gitlab.on("agent_reports", request -> Reply.status(204));

    report();

    assertThat(JsonParser.parseString(gitlab.asked().getFirst().body()))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"agent_id":"5","events":[{"id":"e1","time":"2023-11-14T22:13:20Z",
                 "sync_finished":{"project_id":"group/project","outcome":"SUCCEEDED","applied":3}}]}
                """));
  }

  @Test
  void dropsReportsForAnHourWhenGitLabDoesNotHaveTheEndpoint() {
    report();
    report();
    assertThat(gitlab.asked()).hasSize(1);

    clock.advance(Duration.ofHours(1));
    gitlab.on("agent_reports", request -> Reply.status(204));
    report();
    report();

    assertThat(gitlab.asked()).hasSize(3);
  }

  @Test
  void letsTheAgentKeepWhatGitLabCannotTakeNow() {
    gitlab.on("agent_reports", request -> Reply.status(500));

    assertThatThrownBy(this::report)
        .isInstanceOf(StatusRuntimeException.class)
        .satisfies(
            e -> assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  private void report() {
    assertThat(AgentEventsGrpc.newBlockingStub(server.channel()).report(REQUEST)).isNotNull();
  }
}
