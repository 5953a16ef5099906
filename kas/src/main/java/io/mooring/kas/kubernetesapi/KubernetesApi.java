package io.mooring.kas.kubernetesapi;

import io.grpc.Channel;
import io.mooring.kas.access.Access;
import io.mooring.kas.access.Credential;
import io.mooring.kas.access.Decision;
import io.mooring.kas.access.KubernetesRequest;
import io.mooring.kas.audit.AuditLog;
import io.mooring.kas.config.KubernetesApiSettings;
import io.mooring.kas.observability.ProxyMetrics;
import io.mooring.kas.usage.UsageCounters;
import io.mooring.protocol.build.BuildInfo;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy through which people, CI jobs and GitLab reach the Kubernetes APIs of agents' clusters:
 * one HTTP/1.1 listener, and everything its connections share. Thread-safe.
 */
public final class KubernetesApi implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KubernetesApi.class);
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Parts parts;
  private final Limits limits;
  private final String requestIdPrefix;
  private final AtomicLong requests = new AtomicLong();
  private final Complaints complaints;
  private final Set<Ledger> open = ConcurrentHashMap.newKeySet();
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Map<DuplexChannel, Connection> connections = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Timestamp now;
  private volatile boolean stopping;
  private volatile @Nullable HttpListener listener;

  /**
   * What it is made of.
   *
   * @param settings as configured
   * @param origin the web pages of this origin may call; empty is none
   * @param access decides who may
   * @param audit takes a record of every request
   * @param usage takes figures for GitLab
   * @param agents the way to the clusters
   * @param metrics takes figures for operators
   * @param build names this proxy
   * @param threads runs what blocks
   */
  public record Parts(
      KubernetesApiSettings settings,
      Optional<String> origin,
      Access access,
      AuditLog audit,
      UsageCounters usage,
      Channel agents,
      ProxyMetrics metrics,
      BuildInfo build,
      ExecutorService threads,
      InstantSource clock,
      RandomGenerator random) {}

  private record Timestamp(long second, String text) {}

  /** Listens nowhere yet. */
  KubernetesApi(Parts parts, Limits limits) {
    this.parts = parts;
    this.limits = limits;
    this.requestIdPrefix = "%016x".formatted(parts.random().nextLong());
    this.complaints = new Complaints(parts.metrics().droppedHeaders());
    this.now = timestamp(parts.clock().instant());
    parts.metrics().longestStall(this::longestStallSeconds);
  }

  /**
   * Binds the listener and begins to serve.
   *
   * @throws io.mooring.protocol.SettingException naming the setting that does not work
   */
  public static KubernetesApi start(Parts parts, io.mooring.kas.rpc.EventLoops loops) {
    return start(parts, loops, Limits.STANDARD);
  }

  static KubernetesApi start(Parts parts, io.mooring.kas.rpc.EventLoops loops, Limits limits) {
    KubernetesApi api = new KubernetesApi(parts, limits);
    api.listener = HttpListener.bind(parts.settings().listener(), loops, api::accept);
    return api;
  }

  /** Where it listens; with port 0 in the configuration, the port that was free. */
  public SocketAddress address() {
    return listening().address();
  }

  private HttpListener listening() {
    HttpListener bound = listener;
    if (bound == null) {
      throw new IllegalStateException("it listens nowhere (expected: it was started)");
    }
    return bound;
  }

  private void accept(DuplexChannel channel) {
    Connection connection = new Connection(this, channel);
    channels.add(channel);
    connections.put(channel, connection);
    parts.metrics().connections().inc();
    channel
        .closeFuture()
        .addListener(gone -> {
          connections.remove(channel);
          parts.metrics().connections().dec();
        });
    connection.install();
  }

  /**
   * Stops gracefully: listens for the grace period, then closes what is idle, then waits for the
   * running requests for their grace period. Returns when it is done.
   */
  public void stop() throws InterruptedException {
    KubernetesApiSettings settings = parts.settings();
    if (closed.await(settings.listenGracePeriod().toNanos(), TimeUnit.NANOSECONDS)) {
      return;
    }
    stopping = true;
    listening().close();
    connections.values().forEach(Connection::closeIfIdle);
    long limit = System.nanoTime() + settings.shutdownGracePeriod().toNanos();
    while (!connections.isEmpty() && System.nanoTime() < limit) {
      // One that was accepted just before is not among those that are waited for, so look again.
      if (closed.await(1, TimeUnit.MILLISECONDS)) {
        return;
      }
      channels.newCloseFuture().await(Math.max(1, limit - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
    close();
  }

  /** Stops at once; running requests are cut. */
  @Override
  public void close() {
    closed.countDown();
    stopping = true;
    listening().close();
    channels.close().awaitUninterruptibly();
  }

  // ---- what connections share

  Limits limits() {
    return limits;
  }

  Access access() {
    return parts.access();
  }

  UsageCounters usage() {
    return parts.usage();
  }

  Channel agents() {
    return parts.agents();
  }

  boolean isStopping() {
    return stopping;
  }

  /** Value of {@code Server} in answers of kas. */
  String serverName() {
    return parts.build().kas();
  }

  /** Names this proxy in {@code Via}. */
  String via() {
    return "gRPC/1.0 " + parts.build().kas();
  }

  String prefix() {
    return parts.settings().urlPathPrefix();
  }

  boolean isOrigin(String text) {
    return parts.origin().isPresent() && parts.origin().get().equals(text);
  }

  /** Value of {@code Date}. */
  String date() {
    Instant instant = parts.clock().instant();
    Timestamp last = now;
    if (instant.getEpochSecond() != last.second()) {
      last = timestamp(instant);
      now = last;
    }
    return last.text();
  }

  private static Timestamp timestamp(Instant instant) {
    return new Timestamp(instant.getEpochSecond(), DATE.format(instant));
  }

  /** Asks who may call, and tells the connection in its turn. */
  @SuppressWarnings("FutureReturnValueIgnored") // both outcomes are told
  void decide(
      Credential credential,
      Connection connection,
      Consumer<Decision> decided,
      Runnable undecided) {
    String address = connection.clientAddress();
    CompletableFuture.supplyAsync(() -> parts.access().decide(credential, address), parts.threads())
        .whenComplete((decision, failure) -> {
          if (failure != null) {
            log.atError().setCause(failure).log("Cannot decide about a caller");
            connection.turns().execute(undecided);
          } else {
            connection.turns().execute(() -> decided.accept(decision));
          }
        });
  }

  /** A request has begun. */
  Ledger open(RequestHead head, KubernetesRequest asked, String clientAddress) {
    Ledger ledger =
        new Ledger(
            requestIdPrefix + "%016x".formatted(requests.incrementAndGet()),
            parts.clock().instant(),
            head,
            asked,
            clientAddress);
    open.add(ledger);
    parts.metrics().began();
    return ledger;
  }

  /** A request is over. */
  void close(Ledger ledger, int status, long bytesOut) {
    if (open.remove(ledger)) {
      parts
          .metrics()
          .ended(
              ledger.kind(),
              status,
              ledger.duration(),
              ledger.bytesIn(),
              bytesOut,
              ledger.repetitions());
      parts.audit().add(ledger.record(status, bytesOut));
    }
  }

  /** What came was no request. */
  void refused(Refusal refusal) {
    parts.metrics().malformed(refusal.status());
  }

  /** A cluster sent a header that does not pass. */
  void droppedHeader(String name) {
    complaints.dropped(name);
  }

  /** A connection broke. */
  void connectionFailed(Throwable cause) {
    log.atDebug().setCause(cause).log("A connection of a client failed");
  }

  private double longestStallSeconds() {
    long instant = System.nanoTime();
    return open.stream()
            .map(ledger -> ledger.stalledFor(instant))
            .max(Duration::compareTo)
            .orElse(Duration.ZERO)
            .toNanos()
        / 1e9;
  }
}
