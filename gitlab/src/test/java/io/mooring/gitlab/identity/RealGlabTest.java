package io.mooring.gitlab.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.gitlab.GitLabUnderTest;
import io.mooring.gitlab.GitLabUnderTest.Person;
import io.mooring.gitlab.GitLabUnderTest.Running;
import io.mooring.gitlab.http.Json;
import io.mooring.testkit.kubernetes.Kubectl;
import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The real {@code glab}, where the machine has one: Debian has it from version 13 on. What it sends
 * is held by {@link GlabTest} everywhere.
 */
@ExtendWith(GitLabUnderTest.class)
class RealGlabTest {
  @TempDir Path home;

  @Test
  void listsAgentsWritesAKubeconfigAndGetsATokenThatOpensTheCluster(Running gitlab)
      throws IOException {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "glab")));
    assumeTrue(installed, "glab is not installed (Debian 13: apt-get install glab)");
    gitlab
        .application()
        .connectKas(URI.create("grpc://127.0.0.1:1"), URI.create("https://kas.example.com/k8s"));
    long project = gitlab.newProject("private");
    long agent = gitlab.newAgent(project);
    Person developer = gitlab.newMember(project, 30);
    userAccess(gitlab, project, agent);
    configure(gitlab, developer);

    String listed = glab(gitlab, "list", "-R", gitlab.path(project));
    glab(
        gitlab,
        "update-kubeconfig",
        "-R",
        gitlab.path(project),
        "--agent",
        Long.toString(agent),
        "--use-context");
    JsonNode credential =
        Json.MAPPER.readTree(glab(gitlab, "get-token", "--agent", Long.toString(agent)));

    assertThat(listed).contains(Long.toString(agent));
    JsonNode view =
        Json.MAPPER.readTree(
            new Kubectl(home.resolve("kubeconfig")).run("config", "view", "-o", "json"));
    assertThat(view.path("clusters").get(0).path("cluster").path("server").asString())
        .isEqualTo("https://kas.example.com/k8s");
    assertThat(view.path("current-context").asString()).contains("agent-");
    String token = credential.path("status").path("token").asString();
    assertThat(token).startsWith("pat:" + agent + ":glpat-");
    gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/authorize_proxy_user",
            "agent_id",
            agent,
            "access_type",
            "personal_access_token",
            "access_key",
            token.substring(("pat:" + agent + ":").length()))
        .expect(201);
  }

  private String glab(Running gitlab, String... words) {
    return Command.of("glab", "cluster", "agent")
        .with(Arrays.asList(words))
        .withVariable("HOME", home.toString())
        .withVariable("GLAB_CONFIG_DIR", home.toString())
        .withVariable("GITLAB_HOST", host(gitlab))
        .withVariable("KUBECONFIG", home.resolve("kubeconfig").toString())
        .withVariable("NO_PROMPT", "1")
        .output();
  }

  private void configure(Running gitlab, Person person) throws IOException {
    Path file = home.resolve("config.yml");
    Files.writeString(
        file,
        """
        git_protocol: http
        check_update: false
        host: %1$s
        hosts:
          %1$s:
            token: %2$s
            api_host: %1$s
            api_protocol: http
            git_protocol: http
            user: %3$s
        """
            .formatted(host(gitlab), person.api().token(), person.username()));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static String host(Running gitlab) {
    return "127.0.0.1:" + gitlab.application().port();
  }

  private static void userAccess(Running gitlab, long project, long agent) {
    gitlab
        .kas()
        .post(
            "/api/v4/internal/kubernetes/agent_configuration",
            "agent_id",
            agent,
            "agent_config",
            Map.of(
                "user_access",
                Map.of(
                    "access_as",
                    Map.of("agent", Map.of()),
                    "projects",
                    java.util.List.of(Map.of("id", gitlab.path(project))))))
        .expect(204);
  }
}
