package io.mooring.agentk.remotedevelopment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.agentk.kas.GitLabModules.Answer;
import io.mooring.agentk.kas.GitLabModules.Request;
import io.mooring.agentk.kas.TestKas;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.agentk.worker.Timing;
import io.mooring.agentk.worker.Workers;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.RemoteDevelopmentCF;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RealKubernetes
@Tag("wire-93")
class RemoteDevelopmentFeatureTest {
  private static final Duration LONG = Duration.ofSeconds(40);
  private static final String NOTHING = "{\"workspace_rails_infos\":[]}";

  private final List<Throwable> crashes = new CopyOnWriteArrayList<>();
  private final Workers workers = new Workers(crashes::add);
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private TestNamespace namespace;
  private long agentId;
  private TestKas kas;
  private ManagedChannel channel;
  private Cluster cluster;
  private RemoteDevelopmentFeature feature;

  @BeforeEach
  void begin(TestNamespace ours) throws Exception {
    namespace = ours;
    // Workspaces are looked for in all namespaces: each test is an agent of its own.
    agentId = Math.floorMod(ours.name().hashCode(), 1_000_000) + 1L;
    kas = TestKas.start();
    channel = NettyChannelBuilder.forAddress("localhost", kas.port()).usePlaintext().build();
    cluster = Cluster.open(KubernetesOptions.ofKubeconfig(ours.apiServer().kubeconfig()), tasks);
    feature = new RemoteDevelopmentFeature(channel, cluster, workers, Timing.real());
  }

  @AfterEach
  void end() {
    feature.stop();
    workers.close();
    cluster.close();
    channel.shutdownNow();
    kas.close();
    tasks.shutdownNow();
    assertThat(crashes).isEmpty();
  }

  @Test
  void reportsEverythingUntilGitLabTakesItAndThenWhatChanged() {
    kas.modules()
        .script(request ->
            kas.modules().requests().size() < 3 ? new Answer(500, "") : new Answer(201, NOTHING));

    start();

    await().atMost(LONG).until(() -> kas.modules().requests().size() > 4);
    assertThat(kas.modules().requests().subList(0, 5))
        .extracting(Request::body)
        .containsExactly(
            report("full", "[]"),
            report("full", "[]"),
            report("full", "[]"),
            report("partial", "[]"),
            report("partial", "[]"));
    assertThat(kas.modules().requests().getFirst())
        .satisfies(request -> {
          assertThat(request.module()).isEqualTo("remote_development");
          assertThat(request.method()).isEqualTo("POST");
          assertThat(request.path()).isEqualTo("/reconcile");
        });
  }

  @Test
  void makesAWorkspaceAndTellsHowItIsUntilGitLabKnows() {
    answerOnce(running(manifests()));

    start();

    JsonObject info = awaitInfo(found -> found.has("latest_k8s_deployment_info"));
    JsonObject deployment = info.getAsJsonObject("latest_k8s_deployment_info");
    assertThat(info.keySet()).containsExactly("name", "namespace", "latest_k8s_deployment_info");
    assertThat(info.get("name").getAsString()).isEqualTo("ws-1");
    assertThat(info.get("namespace").getAsString()).isEqualTo(namespace.name());
    assertThat(deployment.get("kind").getAsString()).isEqualTo("Deployment");
    assertThat(namespace.kubectl("get", "configmap", "settings", "-o", "jsonpath={.data.a}"))
        .isEqualTo("b");

    // Its status changes for a while; what GitLab acknowledged last is not reported again.
    kas.modules()
        .script(request -> {
          JsonArray infos = infos(request);
          return infos.isEmpty()
              ? new Answer(201, NOTHING)
              : new Answer(201, acknowledged(infos.get(0).getAsJsonObject()));
        });
    await()
        .atMost(LONG)
        .until(() -> {
          List<Request> all = kas.modules().requests();
          return all.subList(Math.max(0, all.size() - 5), all.size()).stream()
              .allMatch(request -> infos(request).isEmpty());
        });
  }

  @Test
  void tellsWhyAWorkspaceCannotBeMade() {
    answerOnce(running("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: alone}\n"));

    start();

    JsonObject info = awaitInfo(found -> found.has("error_details"));
    assertThat(info.getAsJsonObject("error_details").get("error_type").getAsString())
        .isEqualTo("applier");
    assertThat(info.getAsJsonObject("error_details").get("error_message").getAsString())
        .contains("ws-1.yaml:1:1", "config.k8s.io/owning-inventory");
    int told = kas.modules().requests().size();
    await().atMost(LONG).until(() -> kas.modules().requests().size() > told + 2);
    assertThat(kas.modules().requests().subList(told, told + 2))
        .allSatisfy(request -> assertThat(infos(request)).isEmpty());
  }

  @Test
  void deletesWhatGitLabWantsTerminatedAndSaysWhenItIsGone() {
    String doomed = namespace.name() + "-ws";
    namespace.kubectl("create", "namespace", doomed);
    AtomicBoolean known = new AtomicBoolean();
    kas.modules()
        .script(request -> {
          if (known.get()) {
            return new Answer(201, NOTHING);
          }
          boolean gone = request.body().contains("\"termination_progress\":\"Terminated\"");
          known.set(gone);
          return new Answer(
              201,
              """
              {"workspace_rails_infos":[{"name":"ws-2","namespace":"%s",
               "desired_state":"Terminated","actual_state":"%s"}]}\
              """
                  .formatted(doomed, gone ? "Terminated" : "Running"));
        });

    start();

    awaitInfo(found -> found.toString().contains("\"Terminating\""));
    awaitInfo(found -> found.toString().contains("\"Terminated\""));
    assertThat(namespace.kubectl("get", "namespaces", "-o", "name")).doesNotContain(doomed);
    // GitLab knows: it is forgotten.
    await().atMost(LONG).until(() -> infos(kas.modules().requests().getLast()).isEmpty());
  }

  @Test
  void doesNothingUnlessEnabled() {
    feature
        .prepare(configuration().setRemoteDevelopment(section().setEnabled(false)).build())
        .take();

    assertThat(kas.modules().requests()).isEmpty();
  }

  private void start() {
    feature.prepare(configuration().build()).take();
  }

  private AgentConfiguration.Builder configuration() {
    return AgentConfiguration.newBuilder().setAgentId(agentId).setRemoteDevelopment(section());
  }

  private static RemoteDevelopmentCF.Builder section() {
    return RemoteDevelopmentCF.newBuilder()
        .setEnabled(true)
        .setPartialSyncInterval(com.google.protobuf.Duration.newBuilder().setNanos(200_000_000));
  }

  private void answerOnce(String first) {
    kas.modules()
        .script(request -> new Answer(201, kas.modules().requests().size() == 1 ? first : NOTHING));
  }

  private JsonObject awaitInfo(Predicate<JsonObject> wanted) {
    return await()
        .atMost(LONG)
        .until(
            () ->
                kas.modules().requests().stream()
                    .flatMap(request -> infos(request).asList().stream())
                    .map(info -> info.getAsJsonObject())
                    .filter(wanted)
                    .findFirst(),
            found -> found.isPresent())
        .orElseThrow();
  }

  private static JsonArray infos(Request request) {
    return JsonParser.parseString(request.body())
        .getAsJsonObject()
        .getAsJsonArray("workspace_agent_infos");
  }

  private static String report(String type, String infos) {
    return "{\"update_type\":\"%s\",\"workspace_agent_infos\":%s}".formatted(type, infos);
  }

  private String running(String config) {
    JsonObject info = new JsonObject();
    info.addProperty("name", "ws-1");
    info.addProperty("namespace", namespace.name());
    info.addProperty("desired_state", "Running");
    info.addProperty("config_to_apply", config);
    return "{\"workspace_rails_infos\":[" + info + "]}";
  }

  private String acknowledged(JsonObject info) {
    return """
    {"workspace_rails_infos":[{"name":"ws-1","namespace":"%s","desired_state":"Running",
     "deployment_resource_version":"%s"}]}\
    """
        .formatted(
            namespace.name(),
            info.getAsJsonObject("latest_k8s_deployment_info")
                .getAsJsonObject("metadata")
                .get("resourceVersion")
                .getAsString());
  }

  private String manifests() {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: ws-1-inventory
      namespace: %1$s
      labels: {cli-utils.sigs.k8s.io/inventory-id: ws-1-inventory}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
      namespace: %1$s
      annotations: {config.k8s.io/owning-inventory: ws-1-inventory}
    data: {a: b}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: ws-1
      namespace: %1$s
      labels: {agent.gitlab.com/id: "%2$d"}
      annotations: {config.k8s.io/owning-inventory: ws-1-inventory}
    spec:
      replicas: 0
      selector: {matchLabels: {app: ws-1}}
      template:
        metadata: {labels: {app: ws-1}}
        spec:
          containers:
          - name: main
            image: none
    """
        .formatted(namespace.name(), agentId);
  }
}
