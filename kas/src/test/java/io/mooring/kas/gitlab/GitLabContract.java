package io.mooring.kas.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Timestamp;
import io.mooring.kas.config.GitLabSettings;
import io.mooring.kas.config.TokenBucket;
import io.mooring.protocol.secret.Secret;
import io.mooring.wire.agentcfg.ConfigurationFile;
import io.mooring.wire.agentcfg.GitopsCF;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import io.mooring.wire.agentevents.rpc.ConfigurationApplied;
import io.mooring.wire.agentevents.rpc.Event;
import io.mooring.wire.gitlab.api.GetAgentInfoResponse;
import io.mooring.wire.gitlab.api.GetProjectInfoResponse;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What kas expects of a GitLab. The scripted one and the real application both pass it, so that
 * what is proved with the first holds with the second.
 */
public abstract class GitLabContract {
  private GitLabApi api;
  private Known known;

  /**
   * What the GitLab under test knows.
   *
   * @param url base URL
   * @param secret shared with kas
   * @param agentToken of an agent of {@code projectPath}
   * @param agentId of that agent
   * @param projectPath full path of its configuration project, which it may read
   */
  public record Known(
      URI url, Secret secret, Secret agentToken, long agentId, String projectPath) {}

  /** Prepares the GitLab. */
  protected abstract Known known() throws Exception;

  /** Connects kas's client. */
  @BeforeEach
  void connect() throws Exception {
    known = known();
    api = api(known.url(), known.secret());
  }

  /** Lets go of it. */
  @AfterEach
  void disconnect() {
    api.close();
  }

  /** A client with usual settings. */
  static GitLabApi api(URI url, Secret secret) {
    return new GitLabApi(settings(url), secret, InstantSource.system());
  }

  /** Usual settings. */
  static GitLabSettings settings(URI url) {
    return new GitLabSettings(
        url, Optional.empty(), Path.of("unused"), Optional.empty(), new TokenBucket(50, 250));
  }

  @Test
  void tellsWhoAnAgentIs() throws Exception {
    GetAgentInfoResponse agent = api.agentInfo(known.agentToken());

    assertThat(agent.getAgentId()).isEqualTo(known.agentId());
    assertThat(agent.getGitalyRepository().getGlProjectPath()).isEqualTo(known.projectPath());
    assertThat(agent.getDefaultBranch()).isNotEmpty();
  }

  @Test
  void doesNotKnowAWrongToken() {
    GitLabException refusal =
        catchThrowableOfType(
            GitLabException.class, () -> api.agentInfo(Secret.of("glagent-nobody-has-this-token")));

    assertThat(refusal.status()).isEqualTo(401);
    assertThat(refusal.isRefusal()).isTrue();
  }

  @Test
  void refusesAKasWithAnotherSecret() {
    try (GitLabApi stranger = api(known.url(), Secret.of(new byte[32]))) {
      GitLabException refusal =
          catchThrowableOfType(GitLabException.class, () -> stranger.agentInfo(known.agentToken()));

      assertThat(refusal.status()).isEqualTo(401);
    }
  }

  @Test
  void tellsOfAProjectTheAgentMayRead() throws Exception {
    GetProjectInfoResponse project = api.projectInfo(known.agentToken(), known.projectPath());

    assertThat(project.getGitalyRepository().getGlProjectPath()).isEqualTo(known.projectPath());
    assertThat(api.verifyProjectAccess(known.agentToken(), known.projectPath())).isTrue();
  }

  @Test
  void tellsNothingOfAProjectThatDoesNotExist() throws Exception {
    GitLabException refusal =
        catchThrowableOfType(
            GitLabException.class, () -> api.projectInfo(known.agentToken(), "no/such/project"));

    assertThat(refusal.status()).isEqualTo(404);
    assertThat(api.verifyProjectAccess(known.agentToken(), "no/such/project")).isFalse();
  }

  @Test
  @Tag("wire-79")
  void takesAConfigurationWithIdsAsTexts() throws Exception {
    api.agentConfiguration(
        known.agentId(),
        ConfigurationFile.newBuilder()
            .setGitops(
                GitopsCF.newBuilder()
                    .addManifestProjects(ManifestProjectCF.newBuilder().setId(known.projectPath())))
            .build());
    api.agentConfiguration(known.agentId(), ConfigurationFile.getDefaultInstance());
  }

  @Test
  void takesUsageFigures() throws Exception {
    api.usageMetrics(
        "{\"counters\":{\"gitops_sync\":1},\"unique_counters\":{\"agent_users_using_ci_tunnel\":[10,999]}}");
  }

  @Test
  void takesAuditRecordsAndTheSameOnesAgain() throws Exception {
    String records =
        """
        {"records":[{"request_id":"a-record-of-the-contract","time":"%s","duration_ms":15,
          "agent_id":%d,"config_project_id":3,"credential":"ci_job","user_id":1,"username":"root",
          "job_id":7,"ci_project_id":150,"identity":"gitlab:ci_job:7","method":"GET",
          "path":"/api/v1/pods","verb":"list","api_version":"v1","resource":"pods","status":200,
          "bytes_in":0,"bytes_out":812,"upgraded":false,"client_address":"192.0.2.1",
          "user_agent":"kubectl","added_by_a_newer_kas":1}]}
        """
            .formatted(Clock.systemUTC().instant(), known.agentId());

    api.auditRecords(records);
    api.auditRecords(records);
  }

  @Test
  void takesReportsOfAgents() throws Exception {
    Event event =
        Event.newBuilder()
            .setId("a-report-of-the-contract")
            .setTime(
                Timestamp.newBuilder().setSeconds(Clock.systemUTC().instant().getEpochSecond()))
            .setConfigurationApplied(ConfigurationApplied.newBuilder().setCommitId("0123abcd"))
            .build();

    new AgentReports(api, InstantSource.system()).report(known.agentId(), List.of(event));
  }
}
