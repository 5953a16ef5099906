package io.mooring.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.kas.git.RealGitaly;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationGrpc;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationResponse;
import io.mooring.wire.agenttracker.rpc.AgentTrackerGrpc;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsRequest;
import io.mooring.wire.configurationproject.rpc.ConfigurationProjectGrpc;
import io.mooring.wire.configurationproject.rpc.ListAgentConfigFilesRequest;
import io.mooring.wire.event.GitPushEvent;
import io.mooring.wire.event.Project;
import io.mooring.wire.gitops.rpc.GitopsGrpc;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeRequest;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeResponse;
import io.mooring.wire.gitops.rpc.PathCF;
import io.mooring.wire.notifications.rpc.GitPushEventRequest;
import io.mooring.wire.notifications.rpc.NotificationsGrpc;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole kas before our Git server, called as an agent and as GitLab. */
class KasGitTest {
  private static final String FILE = ".gitlab/agents/agent-x/config.yaml";

  private KasFixture kas;
  private RealGitaly gitaly;

  @BeforeEach
  void start(@TempDir Path folder) {
    gitaly = new RealGitaly(folder);
    kas = KasFixture.start(folder);
    kas.gitlab().withAgent(KasFixture.TOKEN, info("\"agent_id\":5,\"agent_name\":\"agent-x\","));
    kas.gitlab().on("project_info", asked -> Reply.json(200, info("")));
    kas.gitlab().on("agent_configuration", asked -> Reply.status(204));
    kas.gitlab().on("agent_reports", asked -> Reply.status(204));
  }

  @AfterEach
  void stop() {
    kas.close();
    gitaly.close();
  }

  @Test
  @Tag("wire-31")
  @Tag("wire-35")
  @Tag("wire-36")
  void bringsAPushedConfigurationToTheAgentAndToGitLab() {
    String first = gitaly.push(Map.of(FILE, "observability: {logging: {level: debug}}\n"));
    Iterator<ConfigurationResponse> answers = configuration(request(true));
    assertThat(answers.next().getCommitId()).isEqualTo(first);

    String second = gitaly.push(Map.of(FILE, "observability: {logging: {level: warn}}\n"));
    notice();
    ConfigurationResponse answer = answers.next();

    assertThat(answer.getCommitId()).isEqualTo(second);
    AgentConfiguration configuration = answer.getConfiguration();
    assertThat(configuration.getObservability().getLogging().getLevelValue()).isEqualTo(2);
    assertThat(configuration.getProjectPath()).isEqualTo("group/project");
    await()
        .untilAsserted(() ->
            assertThat(kas.gitlab().asked("agent_configuration"))
                .hasSize(2)
                .allSatisfy(asked -> assertThat(asked.body()).contains("\"agent_id\":\"5\"")));
  }

  @Test
  @Tag("fault-46")
  void tellsAgentAndGitLabWhatIsWrongWithAFile() {
    gitaly.push(Map.of(FILE, "gitops:\n  manifest_projects:\n  - prune_timeout: 5m\n"));

    assertThatThrownBy(() -> configuration(request(true)).next())
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("FAILED_PRECONDITION: Config: " + FILE + ":3:20: ");
    await()
        .untilAsserted(() ->
            assertThat(kas.gitlab().asked("agent_reports"))
                .singleElement()
                .satisfies(asked ->
                    assertThat(asked.body())
                        .contains("configuration_rejected", FILE, "\"line\":3")));
  }

  @Test
  @Tag("wire-38")
  void listsAnOldAgentWhileItsStreamIsOpen() {
    gitaly.push(Map.of(FILE, "{}"));
    assertThat(configuration(request(false)).next().getConfiguration().getAgentId()).isEqualTo(5);

    await().untilAsserted(() -> assertThat(connectedAgents()).isEqualTo(1));

    kas.disconnect();
    await().untilAsserted(() -> assertThat(connectedAgents()).isZero());
  }

  @Test
  @Tag("wire-87")
  void bringsPushedManifestsToTheAgent() {
    String first = gitaly.push(Map.of("apps/a.yaml", "a: 1\n", "README.md", "text"));
    assertThat(synchronize("")).isEqualTo(List.of(first, "apps/a.yaml", "trailer"));

    Iterator<ObjectsToSynchronizeResponse> waiting = objects(first);
    String second = gitaly.push(Map.of("apps/a.yaml", "a: 2\n", "apps/b.yaml", "b: 1\n"));
    notice();

    assertThat(waiting.next().getHeader().getCommitId()).isEqualTo(second);
    assertThat(waiting.next().getObject().getData().toStringUtf8()).isEqualTo("a: 2\n");
    assertThat(waiting.next().getObject().getSource()).isEqualTo("apps/b.yaml");
    assertThat(waiting.next().hasTrailer()).isTrue();
    assertThat(waiting.hasNext()).isFalse();
  }

  @Test
  @Tag("wire-89")
  void endsAStreamForAMissingBranch() {
    gitaly.push(Map.of("a.yaml", "a: 1\n"));
    ObjectsToSynchronizeRequest.Builder request = objectsRequest("").toBuilder();
    request.getRefBuilder().setBranch("gone");

    assertThatThrownBy(() -> call(request.build()).next())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
  }

  @Test
  void listsTheAgentsOfAProjectForGitLab() {
    gitaly.push(Map.of(FILE, "{}", ".gitlab/agents/other/config.yaml", "{}"));

    var files =
        ConfigurationProjectGrpc.newBlockingStub(kas.api())
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .listAgentConfigFiles(
                ListAgentConfigFilesRequest.newBuilder()
                    .setGitalyInfo(gitaly.info())
                    .setRepository(gitaly.entity())
                    .setDefaultBranch("main")
                    .build());

    assertThat(files.getConfigFilesList())
        .extracting(file -> file.getAgentName())
        .containsExactly("agent-x", "other");
  }

  private String info(String agent) {
    return """
    {"project_id":7,%s
     "gitaly_info":{"address":"%s","token":"","features":{}},
     "gitaly_repository":{"storage_name":"%s","relative_path":"%s","gl_repository":"project-7",
       "gl_project_path":"group/project"},
     "default_branch":"main"}
    """
        .formatted(
            agent,
            gitaly.info().getAddress(),
            gitaly.entity().getStorageName(),
            gitaly.entity().getRelativePath());
  }

  private void notice() {
    GitPushEvent event =
        GitPushEvent.newBuilder()
            .setProject(Project.newBuilder().setId(7).setFullPath("group/project"))
            .build();
    NotificationsGrpc.newBlockingStub(kas.api())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .gitPushEvent(GitPushEventRequest.newBuilder().setEvent(event).build());
  }

  private int connectedAgents() {
    return AgentTrackerGrpc.newBlockingStub(kas.api())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getConnectedAgents(GetConnectedAgentsRequest.newBuilder().setAgentId(5).build())
        .getAgentsCount();
  }

  private static ConfigurationRequest request(boolean registersItself) {
    return ConfigurationRequest.newBuilder().setSkipRegister(registersItself).build();
  }

  private Iterator<ConfigurationResponse> configuration(ConfigurationRequest request) {
    return AgentConfigurationGrpc.newBlockingStub(kas.agent())
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .withCompression("gzip")
        .getConfiguration(request);
  }

  private static ObjectsToSynchronizeRequest objectsRequest(String commit) {
    return ObjectsToSynchronizeRequest.newBuilder()
        .setProjectId("group/project")
        .setCommitId(commit)
        .addPaths(PathCF.newBuilder().setGlob("**/*.{yaml,yml,json}"))
        .build();
  }

  private Iterator<ObjectsToSynchronizeResponse> objects(String commit) {
    return call(objectsRequest(commit));
  }

  private Iterator<ObjectsToSynchronizeResponse> call(ObjectsToSynchronizeRequest request) {
    return GitopsGrpc.newBlockingStub(kas.agent())
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .withCompression("gzip")
        .getObjectsToSynchronize(request);
  }

  private List<String> synchronize(String commit) {
    List<String> seen = new ArrayList<>();
    objects(commit)
        .forEachRemaining(answer ->
            seen.add(
                switch (answer.getMessageCase()) {
                  case HEADER -> answer.getHeader().getCommitId();
                  case OBJECT -> answer.getObject().getSource();
                  case TRAILER -> "trailer";
                  case MESSAGE_NOT_SET -> "nothing";
                }));
    return seen;
  }
}
