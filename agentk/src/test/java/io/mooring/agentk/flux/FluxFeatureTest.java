package io.mooring.agentk.flux;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.agentk.LoggedLines;
import io.mooring.agentk.Times;
import io.mooring.agentk.kas.TestKas;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.agentk.worker.Workers;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.secret.Canaries;
import io.mooring.testkit.time.FakeClock;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.FluxCF;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The feature against a real API server with the kinds of Flux; the test plays Flux. */
@RealKubernetes
@Tag("wire-92")
class FluxFeatureTest {
  private static final Duration LONG = Duration.ofSeconds(40);

  private final FakeClock clock = new FakeClock();
  private final List<Throwable> crashes = new CopyOnWriteArrayList<>();
  private final Workers workers = new Workers(crashes::add);
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private TestNamespace namespace;
  private WebhookServer flux;
  private TestKas kas;
  private ManagedChannel channel;
  private Cluster cluster;
  private FluxFeature feature;
  private String host;

  @BeforeEach
  void begin(TestNamespace ours) throws Exception {
    namespace = ours;
    host = ours.name() + ".example.com";
    flux = new WebhookServer();
    kas = TestKas.start();
    channel = NettyChannelBuilder.forAddress("localhost", kas.port()).usePlaintext().build();
    cluster = Cluster.open(KubernetesOptions.ofKubeconfig(ours.apiServer().kubeconfig()), tasks);
    feature = new FluxFeature(channel, cluster, workers, tasks, Times.of(clock));
    FluxKinds.install(ours);
  }

  @AfterEach
  void end() {
    feature.stop();
    workers.close();
    cluster.close();
    channel.shutdownNow();
    kas.close();
    flux.close();
    tasks.shutdownNow();
    assertThat(crashes).isEmpty();
  }

  @Test
  void givesARepositoryOfItsGitLabASecretAndAReceiver() throws Exception {
    FluxKinds.repository(namespace, "shop", "https://" + host + "/group/shop.git");
    String uid =
        get("/apis/source.toolkit.fluxcd.io/v1/namespaces/"
                + namespace.name()
                + "/gitrepositories/shop")
            .getAsJsonObject("metadata")
            .get("uid")
            .getAsString();

    start();
    awaitReceiver("gitlab-shop");

    JsonObject secret = get(secrets() + "/gitlab-receiver-shop");
    assertThat(secret.get("data")).isEqualTo(JsonParser.parseString("{\"token\":\"\"}"));
    assertThat(secret.getAsJsonObject("metadata").get("annotations"))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"app.kubernetes.io/managed-by": "gitlab", "agent.gitlab.com/id": "5"}\
                """));
    JsonObject receiver = get(receivers() + "/gitlab-shop");
    assertThat(receiver.getAsJsonObject("metadata").get("annotations"))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"app.kubernetes.io/managed-by": "gitlab", "agent.gitlab.com/id": "5",
                 "agent.gitlab.com/project": "group/shop"}\
                """));
    assertThat(receiver.get("spec"))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"type": "generic", "interval": "5m0s",
                 "resources": [{"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                   "name": "shop", "namespace": "%s"}],
                 "secretRef": {"name": "gitlab-receiver-shop"}}\
                """
                    .formatted(namespace.name())));
    for (JsonObject object : List.of(secret, receiver)) {
      assertThat(object.getAsJsonObject("metadata").get("ownerReferences"))
          .isEqualTo(
              JsonParser.parseString(
                  """
                  [{"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository",
                    "name": "shop", "uid": "%s", "controller": true, "blockOwnerDeletion": true}]\
                  """
                      .formatted(uid)));
      assertThat(object.getAsJsonObject("metadata").getAsJsonArray("managedFields"))
          .anySatisfy(entry -> assertThat(entry.toString()).contains("\"agentk\"", "\"Apply\""));
    }
  }

  @Test
  void leavesARepositoryOfAnotherServerAlone() throws Exception {
    FluxKinds.repository(namespace, "elsewhere", "https://github.example.com/group/shop.git");
    FluxKinds.repository(namespace, "ours", "ssh://git@" + host + "/group/shop.git");

    start();
    awaitReceiver("gitlab-ours");

    assertThat(names(receivers())).containsExactly("gitlab-ours");
    assertThat(names(secrets())).doesNotContain("gitlab-receiver-elsewhere");
  }

  @Test
  void cutsANameThatIsTooLong() throws Exception {
    String name = "a".repeat(55) + "-" + "b".repeat(100);
    FluxKinds.repository(namespace, name, "https://" + host + "/group/shop.git");

    start();
    awaitReceiver("gitlab-" + "a".repeat(54) + "-x");

    assertThat(names(secrets())).contains("gitlab-receiver-" + name);
  }

  @Test
  void deletesTheSecretUnderItsOldNameAndNoOther() throws Exception {
    secret("gitlab-shop", "5");
    secret("gitlab-other", "6");
    FluxKinds.repository(namespace, "shop", "https://" + host + "/group/shop.git");
    FluxKinds.repository(namespace, "other", "https://" + host + "/group/other.git");
    // Its old name is the new one of "shop".
    FluxKinds.repository(namespace, "receiver-shop", "https://" + host + "/group/third.git");

    start();
    List.of("gitlab-shop", "gitlab-other", "gitlab-receiver-shop").forEach(this::awaitReceiver);

    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(names(secrets())).doesNotContain("gitlab-shop"));
    advance(Duration.ofMinutes(11));
    assertThat(names(secrets()))
        .contains("gitlab-other")
        .contains("gitlab-receiver-shop")
        .contains("gitlab-receiver-receiver-shop");
  }

  @Test
  void callsTheWebhookOfEachReceiverThatWaitsForAPush() throws Exception {
    FluxKinds.repository(namespace, "one", project("shop"));
    FluxKinds.repository(namespace, "two", project("shop"));
    FluxKinds.repository(namespace, "three", project("other"));
    FluxKinds.repository(namespace, "unready", project("shop"));
    start();
    List.of("gitlab-one", "gitlab-two", "gitlab-three", "gitlab-unready")
        .forEach(this::awaitReceiver);
    FluxKinds.offerWebhook(namespace, "gitlab-three", "/hook/cc3");
    FluxKinds.offerWebhook(namespace, "gitlab-one", "/hook/aa1");
    FluxKinds.offerWebhook(namespace, "gitlab-two", "/hook/bb2");
    awaitCall(Set.of(path("shop"), path("other")));

    kas.fluxPushes().push(path("shop"));

    await().atMost(SOON).untilAsserted(() -> assertThat(flux.calls()).hasSize(2));
    assertThat(flux.calls()).containsExactlyInAnyOrder("POST /hook/aa1 0", "POST /hook/bb2 0");

    flux.answer(500);
    kas.fluxPushes().push(path("other"));
    await().atMost(SOON).untilAsserted(() -> assertThat(flux.calls()).hasSize(3));
    flux.answer(200);
    kas.fluxPushes().push(path("other"));
    await().atMost(SOON).untilAsserted(() -> assertThat(flux.calls()).hasSize(4));
    assertThat(flux.calls().subList(2, 4)).containsOnly("POST /hook/cc3 0");
  }

  @Test
  void callsAReceiverThatAPersonMade() throws Exception {
    FluxKinds.create(
        namespace,
        receivers(),
        """
        {"apiVersion": "notification.toolkit.fluxcd.io/v1", "kind": "Receiver",
         "metadata": {"name": "mine", "annotations": {"agent.gitlab.com/project": "%s"}},
         "spec": {"type": "generic"}}
        """
            .formatted(path("mine")));
    FluxKinds.offerWebhook(namespace, "mine", "/hook/dd4");
    start();
    awaitCall(Set.of(path("mine")));

    kas.fluxPushes().push(path("mine"));

    await().atMost(SOON).untilAsserted(() -> assertThat(flux.calls()).contains("POST /hook/dd4 0"));
  }

  @Test
  void asksAnewWhenTheProjectsChangeAndOnceForManyChanges() throws Exception {
    FluxKinds.repository(namespace, "one", project("one"));
    start();
    awaitReceiver("gitlab-one");
    awaitCall(Set.of(path("one")));
    int before = kas.fluxPushes().requests().size();

    FluxKinds.repository(namespace, "two", project("two"));
    FluxKinds.repository(namespace, "three", project("three"));
    awaitReceiver("gitlab-two");
    awaitReceiver("gitlab-three");
    awaitCall(Set.of(path("one"), path("two"), path("three")));

    assertThat(kas.fluxPushes().requests()).hasSize(before + 1);
    await().atMost(SOON).until(() -> kas.fluxPushes().streams() == 1);
    for (String name : List.of("one", "two", "three")) {
      namespace.apiServer().delete(receivers() + "/gitlab-" + name);
    }
    awaitClock(() ->
        kas.fluxPushes().streams() == 0
            || !kas.fluxPushes().requests().getLast().contains(path("one")));
  }

  @Test
  void asksAgainAtOnceAfterAnEndAndLaterAfterAFailure() throws Exception {
    FluxKinds.repository(namespace, "one", project("one"));
    start();
    awaitReceiver("gitlab-one");
    awaitCall(Set.of(path("one")));
    int before = kas.fluxPushes().requests().size();

    kas.fluxPushes().end();
    await().atMost(SOON).until(() -> kas.fluxPushes().requests().size() == before + 1);
    await().atMost(SOON).until(() -> kas.fluxPushes().streams() == 1);
    kas.fluxPushes().fail(Status.UNAVAILABLE);

    await()
        .during(Duration.ofMillis(300))
        .until(() -> kas.fluxPushes().requests().size() == before + 1);
    awaitClock(() -> kas.fluxPushes().requests().size() == before + 2);
  }

  @Test
  void noticesFluxThatIsInstalledLaterAndRemovedAndInstalledAgain() throws Exception {
    FluxKinds.remove(namespace);
    start();
    for (int round = 1; round <= 2; round++) {
      FluxKinds.install(namespace);
      FluxKinds.repository(namespace, "shop" + round, project("shop"));
      String receiver = "gitlab-shop" + round;
      awaitClock(() -> hasReceiver(receiver));
      FluxKinds.remove(namespace);
      advance(Duration.ofMinutes(2));
    }
    FluxKinds.install(namespace);
  }

  @Test
  void triesAgainWhatFailedWithoutHoldingUpTheOthers() throws Exception {
    brokenSecret("something");
    FluxKinds.repository(namespace, "broken", project("broken"));
    start();
    FluxKinds.repository(namespace, "fine", project("fine"));
    awaitReceiver("gitlab-fine");
    assertThat(hasReceiver("gitlab-broken")).isFalse();

    namespace.apiServer().delete(secrets() + "/gitlab-receiver-broken");

    awaitClock(() -> hasReceiver("gitlab-broken"));
  }

  @Test
  void keepsCredentialsOutOfItsLog() throws Exception {
    var canaries = new Canaries();
    canaries.add("token of the agent's user", namespace.apiServer().admin().token());
    String password = canaries.secret("password in the URL", "glpat-");
    String token = canaries.secret("token in a Secret", "tok-");
    try (var output = new LoggedLines()) {
      brokenSecret(token);
      FluxKinds.repository(
          namespace, "broken", "https://me:" + password + "@" + host + "/g/broken.git");
      FluxKinds.repository(namespace, "fine", "https://me:" + password + "@" + host + "/g/p.git");
      start();
      awaitReceiver("gitlab-fine");
      FluxKinds.offerWebhook(namespace, "gitlab-fine", "/hook/ee5");
      awaitCall(Set.of("g/p"));
      flux.answer(500);
      kas.fluxPushes().push("g/p");
      await().atMost(SOON).until(() -> flux.calls().size() == 1);
      await().atMost(SOON).until(() -> output.text().contains("did not take the notice"));
      await().atMost(SOON).until(() -> output.text().contains("gitlab-receiver-broken"));

      canaries.assertAbsent("the log", output.text());
    }
  }

  private void start() throws Exception {
    feature
        .prepare(
            AgentConfiguration.newBuilder()
                .setAgentId(5)
                .setGitlabExternalUrl("https://" + host)
                .setFlux(FluxCF.newBuilder().setWebhookReceiverUrl(flux.url()))
                .build())
        .take();
  }

  private String path(String project) {
    return namespace.name() + "/" + project;
  }

  private String project(String project) {
    return "https://" + host + "/" + path(project) + ".git";
  }

  private void awaitReceiver(String name) {
    awaitClock(() -> hasReceiver(name));
  }

  /** Lets the time of the agent pass until kas is asked for these projects, and perhaps more. */
  private void awaitCall(Set<String> projects) {
    awaitClock(() ->
        kas.fluxPushes().streams() == 1
            && kas.fluxPushes().requests().getLast().containsAll(projects));
  }

  private void awaitClock(Callable<Boolean> condition) {
    await()
        .atMost(LONG)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          if (condition.call()) {
            return true;
          }
          clock.advance(Duration.ofSeconds(3));
          return false;
        });
  }

  private void advance(Duration time) {
    for (long seconds = 0; seconds < time.toSeconds(); seconds += 10) {
      clock.advance(Duration.ofSeconds(10));
    }
  }

  private String receivers() {
    return "/apis/notification.toolkit.fluxcd.io/v1/namespaces/" + namespace.name() + "/receivers";
  }

  private String secrets() {
    return "/api/v1/namespaces/" + namespace.name() + "/secrets";
  }

  private boolean hasReceiver(String name) {
    return namespace.apiServer().get(receivers() + "/" + name).isSuccess();
  }

  private JsonObject get(String path) {
    return namespace.apiServer().get(path).json();
  }

  private List<String> names(String path) {
    List<String> names = new ArrayList<>();
    for (JsonElement item : get(path).getAsJsonArray("items")) {
      names.add(item.getAsJsonObject().getAsJsonObject("metadata").get("name").getAsString());
    }
    return names;
  }

  private void secret(String name, String agentId) {
    FluxKinds.create(
        namespace,
        secrets(),
        """
        {"apiVersion": "v1", "kind": "Secret",
         "metadata": {"name": "%s", "annotations": {"agent.gitlab.com/id": "%s"}}}
        """
            .formatted(name, agentId));
  }

  /** Somebody else's object that is in the way and cannot be changed. */
  private void brokenSecret(String token) {
    FluxKinds.create(
        namespace,
        secrets(),
        """
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "gitlab-receiver-broken"},
         "immutable": true, "stringData": {"token": "%s"}}
        """
            .formatted(token));
  }
}
