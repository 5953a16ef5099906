package io.mooring.kas.kubernetesapi;

import com.google.protobuf.ByteString;
import io.mooring.kas.access.Access;
import io.mooring.kas.access.Caller;
import io.mooring.kas.access.Ceiling;
import io.mooring.kas.access.Credential;
import io.mooring.kas.access.Decision;
import io.mooring.kas.access.Denied;
import io.mooring.kas.access.Granted;
import io.mooring.kas.audit.AuditRecord;
import io.mooring.kas.config.KubernetesApiSettings;
import io.mooring.kas.config.Listener;
import io.mooring.kas.observability.KasMetrics;
import io.mooring.kas.rpc.EventLoops;
import io.mooring.kas.usage.UsageCounters;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.wire.kubernetesapi.rpc.ImpersonationConfig;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A proxy on a free port between a {@link RawClient} and a {@link ScriptedAgent}. */
final class ProxyFixture implements AutoCloseable {
  /** A header that lets in. */
  static final String AUTHORIZED = "Authorization: Bearer ci:5:job-token";

  /** The pages that may call. */
  static final String ORIGIN = "https://gitlab.example.com";

  final ScriptedAgent agent = new ScriptedAgent();
  final ScriptedAccess access = new ScriptedAccess();
  final BlockingQueue<AuditRecord> audit = new LinkedBlockingQueue<>();
  final Usage usage = new Usage();
  private final KasMetrics metrics = new KasMetrics();
  private final EventLoops loops = new EventLoops();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final KubernetesApi api;

  private ProxyFixture(KubernetesApiSettings settings, Limits limits) {
    api =
        KubernetesApi.start(
            new KubernetesApi.Parts(
                settings,
                Optional.of(ORIGIN),
                access,
                audit::add,
                usage,
                agent.channel(),
                metrics.proxy(),
                BuildInfo.current(),
                threads,
                InstantSource.system(),
                new Random(1)),
            loops,
            limits);
  }

  static ProxyFixture start() {
    return start("/", Limits.STANDARD);
  }

  static ProxyFixture start(String prefix, Limits limits) {
    return new ProxyFixture(settings("tcp", "127.0.0.1:0", prefix), limits);
  }

  static ProxyFixture start(Listener listener) {
    return new ProxyFixture(
        new KubernetesApiSettings(
            listener,
            Duration.ofMillis(10),
            Duration.ofSeconds(10),
            "/",
            Duration.ofMinutes(1),
            Duration.ofSeconds(10)),
        Limits.STANDARD);
  }

  static KubernetesApiSettings settings(String network, String address, String prefix) {
    return new KubernetesApiSettings(
        new Listener(
            "agent.kubernetes_api.listen", network, address, Optional.empty(), Optional.empty()),
        Duration.ofMillis(10),
        Duration.ofSeconds(10),
        prefix,
        Duration.ofMinutes(1),
        Duration.ofSeconds(10));
  }

  KubernetesApi api() {
    return api;
  }

  SocketAddress address() {
    return api.address();
  }

  RawClient connect() throws IOException {
    return RawClient.connect(api.address());
  }

  AuditRecord nextAudit() throws InterruptedException {
    AuditRecord record = audit.poll(10, TimeUnit.SECONDS);
    if (record == null) {
      throw new AssertionError("no audit record came");
    }
    return record;
  }

  /** All metrics as text. */
  String metrics() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(out, metrics.registry().scrape());
    return out.toString(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    api.close();
    agent.close();
    threads.shutdownNow();
    loops.close();
  }

  /** Decides as a test says; at first everybody acts as the agent. */
  static final class ScriptedAccess implements Access {
    volatile Decision decision = granted(Optional.empty(), Ceiling.NONE);
    volatile boolean cached = true;
    final List<Credential> asked = new CopyOnWriteArrayList<>();
    final Map<Credential, Consumer<Denied>> watched = new ConcurrentHashMap<>();

    static Granted granted(Optional<ImpersonationConfig> impersonation, Ceiling ceiling) {
      return new Granted(
          5,
          7,
          new Caller(Caller.Kind.CI_JOB, 42, "jane", OptionalLong.of(1000), OptionalLong.of(12)),
          impersonation,
          ceiling);
    }

    void impersonate(String username) {
      decision =
          granted(
              Optional.of(ImpersonationConfig.newBuilder().setUsername(username).build()),
              Ceiling.NONE);
    }

    @Override
    public Optional<Decision> known(Credential credential) {
      return cached ? Optional.of(decision) : Optional.empty();
    }

    @Override
    public Decision decide(Credential credential, String clientAddress) {
      asked.add(credential);
      return decision;
    }

    @Override
    public Watch watch(Credential credential, Granted granted, Consumer<Denied> onDenied) {
      watched.put(credential, onDenied);
      return () -> watched.remove(credential);
    }
  }

  /** Adds up. */
  static final class Usage implements UsageCounters {
    final Map<String, Long> counters = new TreeMap<>();

    @Override
    public synchronized void increment(String counter) {
      counters.merge(counter, 1L, Long::sum);
    }

    @Override
    public synchronized void addUnique(String counter, long id) {
      counters.put(counter, id);
    }
  }

  static ByteString bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
