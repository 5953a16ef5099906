package io.mooring.allinone.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooring.kas.KasFixture;
import io.mooring.kas.git.RealGitaly;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.wire.agenttracker.rpc.AgentTrackerGrpc;
import io.mooring.wire.agenttracker.rpc.GetConnectedAgentsRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent and a kas that each take the other for the next version. What an older one lacks is held
 * by the tests of {@code AgentAbility}, what the codecs do by those of the wire.
 */
@Tag("fault-65")
@RealKubernetes
class VersionSkewTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String FILE = ".gitlab/agents/agent-x/config.yaml";

  @TempDir Path directory;

  @Test
  void everythingWorksWhereEachMessageHasUnknownFields(ApiServer server, TestNamespace namespace)
      throws Exception {
    KasFixture kas = Chain.kas(directory);
    try (var gitaly = new RealGitaly(directory);
        var between = new NewerWire(Chain.port(kas))) {
      knowRepository(kas, gitaly);
      gitaly.push(
          Map.of(
              FILE,
              "gitops: {manifest_projects: [{id: group/project, default_namespace: %s, paths: [{glob: 'manifests/*.yaml'}]}]}\n"
                  .formatted(namespace.name()),
              "manifests/a.yaml",
              "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-git}\ndata: {k: v}\n"));
      try (Chain chain = Chain.connect(kas, between.port(), directory, server.kubeconfig())) {
        // Configuration and manifests arrive and are applied.
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(namespace.kubectl("get", "configmaps", "-o", "name"))
                    .contains("configmap/from-git"));
        // A request goes through a tunnel and back.
        Endpoint.Answer answer =
            chain
                .endpoint()
                .handshake(
                    "GET", "/api/v1/namespaces/" + namespace.name() + "/configmaps/from-git");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("\"name\":\"from-git\"");
        // It is registered, and what it did is reported.
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(connected(kas)).isEqualTo(1));
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(kas.gitlab().asked("agent_reports"))
                    .anySatisfy(asked -> assertThat(asked.body()).contains("from-git")));
        assertThat(between.changed())
            .contains(
                "gitlab.agent.agent_registrar.rpc.RegisterRequest",
                "gitlab.agent.agent_configuration.rpc.ConfigurationResponse",
                "gitlab.agent.agentcfg.AgentConfiguration",
                "gitlab.agent.agentcfg.ManifestProjectCF",
                "gitlab.agent.gitops.rpc.ObjectsToSynchronizeRequest",
                "gitlab.agent.gitops.rpc.ObjectsToSynchronizeResponse",
                "gitlab.agent.reverse_tunnel.rpc.ConnectRequest",
                "gitlab.agent.reverse_tunnel.rpc.ConnectResponse",
                "gitlab.agent.grpctool.HttpRequest",
                "gitlab.agent.grpctool.HttpResponse");
      }
    }
  }

  private static void knowRepository(KasFixture kas, RealGitaly gitaly) {
    String info =
        """
        {"project_id":7,%s
         "gitaly_info":{"address":"%s","token":"","features":{}},
         "gitaly_repository":{"storage_name":"%s","relative_path":"%s","gl_repository":"project-7",
           "gl_project_path":"group/project"},
         "default_branch":"main"}
        """;
    Object[] place = {
      gitaly.info().getAddress(),
      gitaly.entity().getStorageName(),
      gitaly.entity().getRelativePath()
    };
    kas.gitlab()
        .withAgent(
            KasFixture.TOKEN,
            info.formatted(
                "\"agent_id\":5,\"agent_name\":\"agent-x\",", place[0], place[1], place[2]));
    kas.gitlab()
        .on(
            "project_info",
            asked -> Reply.json(200, info.formatted("", place[0], place[1], place[2])));
    kas.gitlab().on("agent_configuration", asked -> Reply.status(204));
    kas.gitlab().on("agent_reports", asked -> Reply.status(204));
  }

  private static int connected(KasFixture kas) {
    return AgentTrackerGrpc.newBlockingStub(kas.api())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getConnectedAgents(GetConnectedAgentsRequest.newBuilder().setProjectId(7).build())
        .getAgentsCount();
  }
}
