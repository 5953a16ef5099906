package io.mooring.agentk.leader;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.mooring.agentk.Times;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.agentk.worker.Timing;
import io.mooring.agentk.worker.Workers;
import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.time.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@RealKubernetes
@Tag("wire-91")
@Tag("fault-43")
class ElectionTest {
  /** Tries often; a busy machine does not make it lose the Lease. */
  private static final Election.Pace EAGER =
      new Election.Pace(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofMillis(100));

  /** Gives up within the patience of a test. */
  private static final Election.Pace HASTY =
      new Election.Pace(Duration.ofSeconds(6), Duration.ofSeconds(4), Duration.ofMillis(100));

  private static ExecutorService tasks;
  private static Cluster cluster;

  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<Throwable> crashes = new CopyOnWriteArrayList<>();
  private final Workers workers = new Workers(crashes::add);

  @BeforeAll
  static void open(ApiServer server) {
    tasks = Executors.newVirtualThreadPerTaskExecutor();
    cluster = Cluster.open(KubernetesOptions.ofKubeconfig(server.kubeconfig()), tasks);
  }

  @AfterAll
  static void close() {
    cluster.close();
    tasks.shutdownNow();
  }

  @AfterEach
  void end() {
    workers.close();
    assertThat(crashes).isEmpty();
  }

  @Test
  void makesTheLeaseOfTheDocumentedNameAndGivesItBack(TestNamespace namespace) {
    Leadership one = leadership(namespace, "one", EAGER, Timing.real());
    one.begin(5);
    await().atMost(SOON).untilAsserted(() -> assertThat(heard).containsExactly("one leads"));

    JsonObject spec = spec(namespace, "agent-5-lock");
    assertThat(spec.get("holderIdentity").getAsString()).isEqualTo("one");
    assertThat(spec.get("leaseDurationSeconds").getAsInt()).isEqualTo(15);
    assertThat(spec.get("leaseTransitions").getAsInt()).isZero();
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(namespace.kubectl("get", "events", "-o", "jsonpath={.items[*].message}"))
                .contains("one became leader"));

    one.end();

    assertThat(heard).containsExactly("one leads", "one follows");
    assertThat(spec(namespace, "agent-5-lock").get("holderIdentity").getAsString()).isEmpty();
  }

  @Test
  void letsOnlyOneLeadAndTheOtherTakeOverWhenItEnds(TestNamespace namespace) {
    Leadership one = leadership(namespace, "one", EAGER, Timing.real());
    Leadership two = leadership(namespace, "two", EAGER, Timing.real());
    one.begin(5);
    await().atMost(SOON).untilAsserted(() -> assertThat(heard).containsExactly("one leads"));
    two.begin(5);

    one.end();

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(heard).containsExactly("one leads", "one follows", "two leads"));
    assertThat(spec(namespace, "agent-5-lock").get("leaseTransitions").getAsInt()).isEqualTo(1);
    two.end();
  }

  @Test
  void waitsForTheWholeLeaseOfAHolderThatVanished(TestNamespace namespace) throws Exception {
    namespace.apiServer().post(leases(namespace), lease("gone"));
    var clock = new FakeClock();
    Leadership one = leadership(namespace, "one", Election.Pace.standard(), Times.of(clock));
    one.begin(5);
    clock.awaitWaiting(1, SOON);

    for (int i = 0; i < 7; i++) {
      clock.advance(Duration.ofSeconds(2));
      clock.awaitWaiting(1, SOON);
      assertThat(heard).isEmpty();
    }
    clock.advance(Duration.ofSeconds(2));

    await().atMost(SOON).untilAsserted(() -> assertThat(heard).containsExactly("one leads"));
    one.end();
  }

  @Test
  void stopsLeadingAtOnceWhenAnotherHasTheLease(TestNamespace namespace) {
    Leadership one = leadership(namespace, "one", EAGER, Timing.real());
    one.begin(5);
    await().atMost(SOON).untilAsserted(() -> assertThat(heard).containsExactly("one leads"));

    namespace.kubectl(
        "patch",
        "lease",
        "agent-5-lock",
        "--type=merge",
        "-p",
        "{\"spec\":{\"holderIdentity\":\"thief\",\"renewTime\":\"2030-01-01T00:00:00.000000Z\"}}");

    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(heard).startsWith("one leads", "one follows"));
    one.end();
  }

  @Test
  void stopsLeadingWhenItCannotRenew(TestNamespace namespace) {
    namespace.kubectl("create", "role", "leases", "--verb=get,create,update", "--resource=leases");
    namespace.kubectl("create", "rolebinding", "leases", "--role=leases", "--user=alice");
    ApiServer server = namespace.apiServer();
    Cluster asAlice =
        Cluster.open(KubernetesOptions.ofKubeconfig(server.user("alice").kubeconfig()), tasks);
    Leadership one = leadership(asAlice, namespace, "one", HASTY, Timing.real());
    one.begin(5);
    await().atMost(SOON).untilAsserted(() -> assertThat(heard).containsExactly("one leads"));

    namespace.kubectl("delete", "rolebinding", "leases");

    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(heard).containsExactly("one leads", "one follows"));
    one.end();
    asAlice.close();
  }

  private Leadership leadership(
      TestNamespace namespace, String pod, Election.Pace pace, Timing timing) {
    return leadership(cluster, namespace, pod, pace, timing);
  }

  private Leadership leadership(
      Cluster server, TestNamespace namespace, String pod, Election.Pace pace, Timing timing) {
    return new Leadership(
        server,
        namespace.name(),
        pod,
        List.of(lead -> heard.add(pod + (lead ? " leads" : " follows"))),
        pace,
        timing,
        workers);
  }

  private static JsonObject spec(TestNamespace namespace, String name) {
    return JsonParser.parseString(namespace.apiServer().get(leases(namespace) + "/" + name).body())
        .getAsJsonObject()
        .getAsJsonObject("spec");
  }

  private static String leases(TestNamespace namespace) {
    return "/apis/coordination.k8s.io/v1/namespaces/" + namespace.name() + "/leases";
  }

  private static String lease(String holder) {
    return """
    {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"agent-5-lock"},
     "spec":{"holderIdentity":"%s","leaseDurationSeconds":15,"leaseTransitions":3,
     "acquireTime":"2020-01-01T00:00:00.000000Z","renewTime":"2020-01-01T00:00:00.000000Z"}}
    """
        .formatted(holder);
  }
}
