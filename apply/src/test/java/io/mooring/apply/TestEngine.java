package io.mooring.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mooring.apply.manifest.Source;
import io.mooring.apply.object.ObjectRef;
import io.mooring.apply.options.EngineOptions;
import io.mooring.apply.options.Pace;
import io.mooring.apply.report.EngineListener;
import io.mooring.apply.report.ObjectState;
import io.mooring.apply.report.SyncResult;
import io.mooring.apply.report.WarningEvent;
import io.mooring.testkit.kubernetes.ApiUser;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** An engine against a real API server, with all it says. */
final class TestEngine implements EngineListener, AutoCloseable {
  static final long AGENT = 7;
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Every engine of a test run has inventories of its own. */
  private static final AtomicLong PROJECTS = new AtomicLong(1000);

  final List<SyncResult> results = new CopyOnWriteArrayList<>();
  final List<WarningEvent> warnings = new CopyOnWriteArrayList<>();
  final List<String> starts = new CopyOnWriteArrayList<>();
  final List<ObjectState> heard = new CopyOnWriteArrayList<>();
  final Map<ObjectRef, ObjectState> states = new LinkedHashMap<>();
  final long projectId;
  private final Runnable closeClient;
  private final Engine engine;
  private int resets;

  private TestEngine(
      EngineOptions options, KubernetesClient client, long projectId, Runnable closeClient) {
    this.projectId = projectId;
    this.closeClient = closeClient;
    this.engine =
        Engine.start(options, client, this, InstantSource.system(), new Random(projectId));
  }

  /** Quick where a person would wait, and with all that is in the namespace. */
  static EngineOptions options(String namespace) {
    return EngineOptions.defaults(AGENT)
        .withDefaultNamespace(namespace)
        .withReconcileTimeout(Duration.ZERO)
        .withPace(Pace.defaults().withRetry(Duration.ofMillis(300), Duration.ofMillis(600)));
  }

  String inventoryId() {
    return AGENT + "-" + projectId;
  }

  static long newProject() {
    return PROJECTS.incrementAndGet();
  }

  static TestEngine start(EngineOptions options, ApiUser user) {
    return start(options, client(user));
  }

  static TestEngine start(EngineOptions options, ApiUser user, long projectId) {
    KubernetesClient client = client(user);
    return new TestEngine(options, client, projectId, client::close);
  }

  static TestEngine start(EngineOptions options, KubernetesClient client) {
    return new TestEngine(options, client, newProject(), client::close);
  }

  /** With a client that stays open when the engine is closed. */
  static TestEngine startWithClientOf(KubernetesClient owner, EngineOptions options) {
    return new TestEngine(options, owner, newProject(), () -> {});
  }

  static KubernetesClient client(ApiUser user) {
    try {
      Config config = Config.fromKubeconfig(Files.readString(user.kubeconfig()));
      return new KubernetesClientBuilder().withConfig(config).build();
    } catch (java.io.IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Engine engine() {
    return engine;
  }

  /** Submits one file and waits for the result. */
  SyncResult sync(String commitId, String... manifests) {
    submit(commitId, manifests);
    return result(commitId);
  }

  void submit(String commitId, String... manifests) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < manifests.length; i++) {
      sources.add(new Source("file" + i + ".yaml", manifests[i].getBytes(StandardCharsets.UTF_8)));
    }
    engine.submit(new Batch(commitId, projectId, sources));
  }

  SyncResult result(String commitId) {
    await("result of " + commitId)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> last(commitId).isPresent());
    return last(commitId).orElseThrow();
  }

  Optional<SyncResult> last(String commitId) {
    return results.reversed().stream()
        .filter(result -> result.commitId().equals(commitId))
        .findFirst();
  }

  ObjectState state(String kind, String name) {
    return engine.states().stream()
        .filter(state -> state.object().kind().equals(kind) && state.object().name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new AssertionError("no state of " + kind + " " + name + " in " + engine.states()));
  }

  synchronized Map<ObjectRef, ObjectState> told() {
    return Map.copyOf(states);
  }

  synchronized int resets() {
    return resets;
  }

  @Override
  public void syncStarted(long project, String commitId) {
    starts.add(commitId);
  }

  @Override
  public void syncFinished(SyncResult result) {
    results.add(result);
  }

  @Override
  public synchronized void objectStates(
      long project, String commitId, boolean reset, List<ObjectState> changed) {
    assertThat(project).isEqualTo(projectId);
    heard.addAll(changed);
    if (reset) {
      resets++;
      states.clear();
    }
    for (ObjectState state : changed) {
      if (state.action() == io.mooring.apply.report.Action.PRUNED) {
        states.remove(state.object());
      } else {
        states.put(state.object(), state);
      }
    }
  }

  @Override
  public void warningEvent(long project, WarningEvent event) {
    warnings.add(event);
  }

  @Override
  public void close() {
    engine.close();
    closeClient.run();
  }
}
