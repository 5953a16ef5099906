package io.mooring.kas.configurationproject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.kas.git.GitFixture;
import io.mooring.kas.git.ScriptedGitaly;
import io.mooring.kas.git.ScriptedGitaly.Fault;
import io.mooring.kas.rpc.FeatureServer;
import io.mooring.wire.configurationproject.rpc.AgentConfigFile;
import io.mooring.wire.configurationproject.rpc.ConfigurationProjectGrpc;
import io.mooring.wire.configurationproject.rpc.ListAgentConfigFilesRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationProjectsTest {
  private final GitFixture git = new GitFixture();
  private ScriptedGitaly gitaly;
  private FeatureServer kas;

  @BeforeEach
  void start() throws Exception {
    gitaly = new ScriptedGitaly();
    kas = new FeatureServer(new ConfigurationProjects(git.repositories()));
  }

  @AfterEach
  void stop() {
    kas.close();
    git.close();
    gitaly.close();
  }

  @ParameterizedTest
  @CsvSource({"main", "refs/heads/main", "''"})
  void listsTheFilesOfAgentsWithAValidName(String branch) {
    String commit =
        gitaly.commit(
            Map.of(
                ".gitlab/agents/a/config.yaml", "1",
                ".gitlab/agents/b-2/config.yaml", "2",
                ".gitlab/agents/-c/config.yaml", "bad name",
                ".gitlab/agents/D/config.yaml", "bad name",
                ".gitlab/agents/e/config.yml", "another file",
                ".gitlab/agents/f/deep/config.yaml", "too deep",
                "config.yaml", "elsewhere"));
    gitaly.point("refs/heads/main", commit);

    assertThat(list(branch))
        .containsExactly(
            AgentConfigFile.newBuilder()
                .setName(".gitlab/agents/a/config.yaml")
                .setAgentName("a")
                .build(),
            AgentConfigFile.newBuilder()
                .setName(".gitlab/agents/b-2/config.yaml")
                .setAgentName("b-2")
                .build());
    assertThat(gitaly.takeCalls()).containsExactly("GetTreeEntries .gitlab/agents recursive");
  }

  @Test
  void listsNothingWhereThereIsNoBranchOrNoDirectory() {
    assertThat(list("main")).isEmpty();

    gitaly.point("refs/heads/main", gitaly.commit(Map.of("a", "a")));
    assertThat(list("main")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT,INVALID_ARGUMENT",
    "UNAVAILABLE,UNAVAILABLE",
    "INTERNAL,UNAVAILABLE",
    "NOT_FOUND,UNAVAILABLE"
  })
  void failsWhenGitalyDoes(Status.Code failure, Status.Code expected) {
    gitaly.point("refs/heads/main", gitaly.commit(Map.of(".gitlab/agents/a/config.yaml", "1")));
    gitaly.next("GetTreeEntries", new Fault.Fail(failure.toStatus().withDescription("broken")));

    assertThatThrownBy(() -> list("main"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(expected))
        .hasMessageContaining("PathFetcher: ")
        .hasMessageContaining("GetTreeEntries")
        .hasMessageContaining("broken");
  }

  private List<AgentConfigFile> list(String branch) {
    return ConfigurationProjectGrpc.newBlockingStub(kas.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .listAgentConfigFiles(
            ListAgentConfigFilesRequest.newBuilder()
                .setRepository(ScriptedGitaly.entity("group/config"))
                .setGitalyInfo(gitaly.info())
                .setDefaultBranch(branch)
                .build())
        .getConfigFilesList();
  }
}
