package io.mooring.allinone;

import io.mooring.gitaly.GitalyServer;
import io.mooring.gitlab.GitLabApplication;
import io.mooring.gitlab.RunningGitLab;
import io.mooring.gitlab.identity.Scope;
import io.mooring.kas.gitlab.GitLabContract;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.slf4j.bridge.SLF4JBridgeHandler;

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
    StackFiles files =
        new StackFiles(
            state,
            ports.free(),
            ports.free(),
            ports.free(),
            ports.free(),
            ports.free(),
            ports.free(),
            ports.free(),
            Duration.ofSeconds(5));
    gitaly =
        GitalyServer.start(io.mooring.gitaly.configuration.ConfigurationFile.read(files.gitaly()));
    gitlab =
        GitLabApplication.start(
            io.mooring.gitlab.configuration.ConfigurationFile.read(files.gitlab()));
    URI url = URI.create("http://127.0.0.1:" + files.gitlabPort());
    Secret token =
        gitlab.createPersonalAccessToken(
            "root", "contract", EnumSet.allOf(Scope.class), Duration.ofDays(1));
    try (Rest rest = new Rest(url, token)) {
      long group =
          rest.create("/groups", Map.of("name", "contract", "path", "contract"))
              .path("id")
              .asLong();
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
  }

  @AfterAll
  void stop() throws Exception {
    gitlab.close();
    gitaly.close();
    state.close();
  }

  @Override
  protected Known known() {
    return known;
  }
}
