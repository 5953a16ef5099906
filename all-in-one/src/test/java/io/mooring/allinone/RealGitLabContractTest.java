package io.mooring.allinone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mooring.gitaly.GitalyServer;
import io.mooring.gitlab.GitLabApplication;
import io.mooring.gitlab.RunningGitLab;
import io.mooring.gitlab.identity.Scope;
import io.mooring.kas.config.GitLabSettings;
import io.mooring.kas.config.TokenBucket;
import io.mooring.kas.gitlab.GitLabApi;
import io.mooring.kas.gitlab.GitLabContract;
import io.mooring.kas.gitlab.GitLabException;
import io.mooring.kas.gitlab.JobAgents;
import io.mooring.kas.gitlab.PersonAccess;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import io.mooring.testkit.certificates.CertificateAuthority.Identity;
import io.mooring.wire.agentcfg.ConfigurationFile;
import io.mooring.wire.agentcfg.UserAccessAsCF;
import io.mooring.wire.agentcfg.UserAccessAsUserCF;
import io.mooring.wire.agentcfg.UserAccessCF;
import io.mooring.wire.agentcfg.UserAccessProjectCF;
import io.mooring.wire.gitlab.api.AuthorizeProxyUserRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.slf4j.bridge.SLF4JBridgeHandler;
import tools.jackson.databind.JsonNode;

/**
 * The GitLab application is what kas takes it for; the scripted one of kas's tests passes the same.
 */
@TestInstance(Lifecycle.PER_CLASS)
class RealGitLabContractTest extends GitLabContract {

  private static final String AGENTS =
      "/projects/" + Rest.segment("contract/project") + "/cluster_agents";

  private StateDirectory state;
  private GitalyServer gitaly;
  private RunningGitLab gitlab;
  private Known known;
  private Rest rest;
  private Secret root;

  @BeforeAll
  void start() throws Exception {
    // Tomcat's lines belong into the file, where all others go.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    Ports ports =
        new Ports(
            new Progress(new PrintStream(PrintStream.nullOutputStream()), InstantSource.system()));
    state = StateDirectory.temporary();
    Files.createDirectories(state.path("repositories"));
    KasPorts kas = KasPorts.free(ports);
    StackFiles files =
        new StackFiles(
            state,
            ports.free(),
            ports.free(),
            List.of(kas),
            KasFront.of(kas),
            new Identity(state.path("unused"), state.path("unused")),
            Optional.empty(),
            Duration.ofSeconds(5));
    gitaly =
        GitalyServer.start(io.mooring.gitaly.configuration.ConfigurationFile.read(files.gitaly()));
    gitlab =
        GitLabApplication.start(
            io.mooring.gitlab.configuration.ConfigurationFile.read(files.gitlab()));
    URI url = URI.create("http://127.0.0.1:" + files.gitlabPort());
    root =
        gitlab.createPersonalAccessToken(
            "root", "contract", EnumSet.allOf(Scope.class), Duration.ofDays(1));
    rest = new Rest(url, root);
    long group =
        rest.create("/groups", Map.of("name", "contract", "path", "contract")).path("id").asLong();
    rest.create("/projects", Map.of("name", "project", "path", "project", "namespace_id", group));
    long agent = rest.create(AGENTS, Map.of("name", "agent")).path("id").asLong();
    String agentToken =
        rest.create(AGENTS + "/" + agent + "/tokens", Map.of("name", "contract"))
            .path("token")
            .asString();
    known =
        new Known(
            url,
            SecretFiles.base64("kas-secret", state.secretFile("kas-secret")),
            Secret.of(agentToken),
            agent,
            "contract/project");
  }

  @AfterAll
  void stop() throws Exception {
    rest.close();
    gitlab.close();
    gitaly.close();
    state.close();
  }

  @Override
  protected Known known() {
    return known;
  }

  @Test
  @Tag("wire-80")
  @Tag("fault-8")
  void tellsTheAgentsOfAJobWithTheirCeilingsWhileItRuns() throws Exception {
    String project = "/projects/" + Rest.segment(known.projectPath());
    rest.create(
        project + "/repository/commits",
        Map.of(
            "branch",
            "main",
            "commit_message",
            "m",
            "actions",
            List.of(Map.of("action", "create", "file_path", "a", "content", "1"))));
    limit(
        "{\"verbs\":[\"get\",\"list\"],\"namespaces\":[\"team-*\"],\"non_resource_paths\":false}");
    JsonNode job =
        rest.create(project + "/jobs", Map.of("ref", "main", "environment", "production"));
    Secret token = Secret.of(job.path("token").asString());

    try (GitLabApi api = api()) {
      JobAgents agents = api.jobAgents(token);

      assertThat(agents.answer().getAllowedAgents(0).getId()).isEqualTo(known.agentId());
      assertThat(agents.answer().getUser().getUsername()).isEqualTo("root");
      assertThat(agents.answer().getEnvironment().getSlug()).isEqualTo("production");
      assertThat(agents.ceilings().getFirst().verbs()).contains(List.of("get", "list"));
      assertThat(agents.ceilings().getFirst().namespaces()).contains(List.of("team-*"));
      assertThat(agents.ceilings().getFirst().nonResourcePaths()).isFalse();
      limit("{}");
      put(
          "/jobs/" + job.path("id").asLong(),
          "{\"token\":\"%s\",\"state\":\"success\"}".formatted(token.text()));
      GitLabException refusal =
          catchThrowableOfType(GitLabException.class, () -> api.jobAgents(token));
      assertThat(refusal.status()).isEqualTo(401);
    }
  }

  @Test
  @Tag("wire-79")
  void tellsAsWhomAPersonActsAndHowFar() throws Exception {
    try (GitLabApi api = api()) {
      api.agentConfiguration(
          known.agentId(),
          ConfigurationFile.newBuilder()
              .setUserAccess(
                  UserAccessCF.newBuilder()
                      .setAccessAs(
                          UserAccessAsCF.newBuilder()
                              .setUser(UserAccessAsUserCF.getDefaultInstance()))
                      .addProjects(UserAccessProjectCF.newBuilder().setId(known.projectPath())))
              .build());
      limit("{\"identities\":[\"user\"],\"subresources\":[]}");

      PersonAccess access =
          api.personAccess(
              AuthorizeProxyUserRequest.newBuilder()
                  .setAgentId(known.agentId())
                  .setAccessType("personal_access_token")
                  .setAccessKey(root.text())
                  .build());

      assertThat(access.answer().getUser().getUsername()).isEqualTo("root");
      assertThat(access.answer().getAccessAs().getUser().getProjectsCount()).isEqualTo(1);
      assertThat(access.ceiling().identities()).contains(List.of("user"));
      assertThat(access.ceiling().subresources()).contains(List.of());
      assertThat(access.ceiling().nonResourcePaths()).isTrue();
      limit("{}");
      api.agentConfiguration(known.agentId(), ConfigurationFile.getDefaultInstance());
    }
  }

  private GitLabApi api() {
    return new GitLabApi(
        new GitLabSettings(
            known.url(),
            Optional.empty(),
            Path.of("unused"),
            Optional.empty(),
            new TokenBucket(50, 250)),
        known.secret(),
        InstantSource.system());
  }

  private void limit(String ceiling) throws IOException, InterruptedException {
    put("/admin/cluster_agents/" + known.agentId() + "/ceiling", ceiling);
  }

  private void put(String path, String body) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(known.url() + "/api/v4" + path))
                  .timeout(Duration.ofSeconds(20))
                  .header("PRIVATE-TOKEN", root.text())
                  .header("Content-Type", "application/json")
                  .PUT(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }
  }
}
