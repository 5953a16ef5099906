package io.mooring.allinone;

import io.mooring.agentk.Agentk;
import io.mooring.agentk.AgentkOptions;
import io.mooring.agentk.connection.AgentToken;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.gitaly.GitalyServer;
import io.mooring.gitlab.GitLabApplication;
import io.mooring.gitlab.RunningGitLab;
import io.mooring.gitlab.identity.Scope;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.yaml.InvalidDocumentException;
import io.mooring.testkit.certificates.CertificateAuthority;
import io.mooring.testkit.certificates.TrustedAuthority;
import io.mooring.testkit.redis.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * PostgreSQL, gitaly, the GitLab application, kas and agentk in this JVM, and the cluster they
 * deploy to. Started and closed by one thread; what it hands out may be used by any.
 */
public final class Stack implements AutoCloseable {

  /** Short, so that a lost notice shows as a pause and not as a coffee break. */
  private static final Duration POLL_PERIOD = Duration.ofSeconds(5);

  private static final Duration TOKEN_LIFE = Duration.ofDays(30);

  private static final String HOST = "127.0.0.1";

  private final Deque<Part> parts = new ArrayDeque<>();
  private final List<Secret> secrets = new ArrayList<>();
  private final InstantSource clock = InstantSource.system();
  private final Progress progress;
  private final StateDirectory state;
  private final StackFiles files;
  private final Cluster cluster;
  private final Relay notices;
  private final HopTimes hops;
  private final CertificateAuthority authority;
  private final KasReplicas replicas;
  private final Secret token;
  private final Rest rest;

  /**
   * What a person chooses.
   *
   * @param kubeconfig the cluster to deploy to; without it a local API server is started
   * @param state where to keep everything; without it nothing is kept
   * @param replicas how many replicas of kas; several share a Redis, and agents come to one of them
   *     over WebSocket and TLS
   * @param node whether the local API server gets a real node, where this machine allows one
   */
  public record Options(
      Optional<Path> kubeconfig, Optional<Path> state, int replicas, boolean node) {

    /** More than anybody needs to see replicas at work, and few enough for one JVM. */
    static final int MOST_REPLICAS = 9;

    public Options {
      if (replicas < 1 || replicas > MOST_REPLICAS) {
        throw new IllegalArgumentException(
            "replicas: %d (expected: 1 to %d)".formatted(replicas, MOST_REPLICAS));
      }
    }

    /** One replica and no node. */
    public static Options of(Optional<Path> kubeconfig, Optional<Path> state) {
      return new Options(kubeconfig, state, 1, false);
    }
  }

  /** A sample that is deployed, ready for more commits. */
  public record Deployed(Worktree tree, String agentPath) {}

  @FunctionalInterface
  private interface Closing {
    void close() throws IOException;
  }

  private record Part(String name, Closing closing) {}

  /**
   * Starts everything but the agent, which needs a token of GitLab first.
   *
   * @throws IOException naming what did not start; nothing is left running then
   */
  public static Stack start(Options options, Progress progress) throws IOException {
    return new Stack(options, progress);
  }

  private Stack(Options options, Progress progress) throws IOException {
    this.progress = progress;
    try {
      Optional<Path> kept = options.state();
      state = kept.isPresent() ? StateDirectory.kept(kept.get()) : StateDirectory.temporary();
      closeLast("state", state::close);
      closeLast("log", LogFile.open(logFile())::close);
      cluster = cluster(options);
      closeLast("Kubernetes", cluster::close);
      authority = CertificateAuthority.create(state.path("certificates"), "quickstart");
      Ports ports = new Ports(progress);
      int gitlabPort = ports.preferably(8080, "the GitLab application");
      int gitalyPort = ports.preferably(8075, "gitaly");
      List<KasPorts> kas = kasPorts(ports, options.replicas());
      notices = relay("notice relay", kas, KasPorts::gitlab);
      files =
          new StackFiles(
              state,
              gitlabPort,
              gitalyPort,
              kas,
              front(kas),
              authority.server("kas", "kas", "IP:127.0.0.1", "DNS:localhost"),
              redis(options.replicas()),
              POLL_PERIOD);
      RunningGitLab gitlab = startGitLab();
      replicas = KasReplicas.start(files);
      closeLast("kas", replicas::close);
      progress.say(
          replicas.count() == 1 ? "kas is up" : replicas.count() + " replicas of kas are up");
      rememberSecrets();
      token =
          gitlab.createPersonalAccessToken(
              "root", "quickstart", EnumSet.allOf(Scope.class), TOKEN_LIFE);
      secrets.add(token);
      state.write("token", token.text());
      rest = new Rest(gitlab(), token);
      closeLast("REST client", rest::close);
      hops = HopTimes.install();
      closeLast("hop times", hops::stop);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private Cluster cluster(Options options) {
    if (options.kubeconfig().isPresent()) {
      Path kubeconfig = options.kubeconfig().get();
      progress.say("deploying to the cluster of %s", kubeconfig);
      return new Cluster.Given(kubeconfig);
    }
    Cluster.Local local = Cluster.Local.start(state.path("cluster"), options.node());
    progress.say("kube-apiserver %s is up", local.servers().apiServer().version());
    local.node().ifPresent(node -> progress.say("a node is up"));
    return local;
  }

  /** The first replica has the usual ports, so that one alone is where people expect it. */
  private static List<KasPorts> kasPorts(Ports ports, int replicas) {
    List<KasPorts> kas = new ArrayList<>();
    kas.add(KasPorts.usual(ports));
    while (kas.size() < replicas) {
      kas.add(KasPorts.free(ports));
    }
    return kas;
  }

  /** With several replicas, something in front of them that goes on when one is gone. */
  private KasFront front(List<KasPorts> kas) throws IOException {
    Relay browsers =
        Relay.toTls(
            kas.stream().map(KasPorts::kubernetes).toList(),
            TrustedAuthority.context(authority.certificate()));
    closeLast("relay for browsers", browsers::close);
    KasFront straight =
        KasFront.of(kas.getFirst()).withGitlab(notices.port()).withBrowsers(browsers.port());
    if (kas.size() == 1) {
      return straight;
    }
    Relay agents = relay("relay for agents", kas, KasPorts::agents);
    Relay people = relay("relay for kubectl", kas, KasPorts::kubernetes);
    return new KasFront(
        URI.create("wss://127.0.0.1:" + agents.port()),
        notices.port(),
        people.port(),
        straight.browsers());
  }

  private Relay relay(String name, List<KasPorts> kas, Function<KasPorts, Integer> port)
      throws IOException {
    Relay relay = Relay.to(kas.stream().map(port).toList());
    closeLast(name, relay::close);
    return relay;
  }

  private Optional<URI> redis(int replicas) {
    if (replicas == 1) {
      return Optional.empty();
    }
    RedisServer redis = RedisServer.start();
    closeLast("Redis", redis::close);
    progress.say("redis-server %s is up", redis.version());
    return Optional.of(redis.uri());
  }

  private RunningGitLab startGitLab() throws IOException {
    try {
      Files.createDirectories(state.path("repositories"));
      GitalyServer gitaly =
          GitalyServer.start(
              io.mooring.gitaly.configuration.ConfigurationFile.read(files.gitaly()));
      closeLast("gitaly", gitaly::close);
      progress.say("gitaly is up");
      RunningGitLab gitlab =
          GitLabApplication.start(
              io.mooring.gitlab.configuration.ConfigurationFile.read(files.gitlab()));
      closeLast("the GitLab application", gitlab::close);
      progress.say("the GitLab application is up, with PostgreSQL");
      return gitlab;
    } catch (InvalidDocumentException e) {
      throw new IOException("a configuration file written here is refused: " + e.getMessage(), e);
    }
  }

  private void rememberSecrets() throws IOException {
    for (String name :
        List.of(
            "gitaly-token", "root-password", "kas-secret", "shell-secret", "kas-private-secret")) {
      secrets.add(state.secret(state.secretFile(name)));
    }
  }

  /** Starts agentk with this token. Its Lease stands in the namespace {@code default}. */
  void startAgent(Secret agentToken) throws IOException {
    secrets.add(agentToken);
    KasAddress kas = KasAddress.parse("--kas-address", kasAddress());
    AgentToken token = new AgentToken.File(state.write("agent-token", agentToken.text()));
    ClientTls trust = ClientTls.with("--kas-ca-cert-file", Optional.of(authority.certificate()));
    Agentk agent =
        Agentk.start(
            AgentkOptions.of(kas, token, cluster.kubeconfig(), "default", "quickstart")
                .withKas(
                    new KasConnection.Settings(kas, trust, Optional.empty(), token, List.of())));
    closeLast("agentk", agent::close);
  }

  /** Registers the sample's agent, pushes the sample and waits until it is in the cluster. */
  public Deployed deploySample(Progress watcher) throws IOException, InterruptedException {
    FirstLook sample = FirstLook.register(this, watcher);
    sample.push(watcher);
    return new Deployed(sample.tree(), sample.agentPath());
  }

  StackFiles files() {
    return files;
  }

  /** The base URL of the GitLab application. */
  public URI gitlab() {
    return URI.create("http://" + HOST + ":" + files.gitlabPort());
  }

  public Cluster cluster() {
    return cluster;
  }

  /** GitLab's REST API as the administrator. */
  public Rest rest() {
    return rest;
  }

  /** When commits passed each program. */
  public HopTimes hops() {
    return hops;
  }

  public InstantSource clock() {
    return clock;
  }

  Secret token() {
    return token;
  }

  Path tokenFile() {
    return state.path("token");
  }

  Path passwordFile() {
    return state.path("root-password");
  }

  Path workDirectory() {
    return state.path("sample");
  }

  Path logFile() {
    return state.path("log.json");
  }

  String kasAddress() {
    return files.front().agents().toString();
  }

  String kasMetrics() {
    return "http://" + HOST + ":" + files.kas().getFirst().metrics() + "/metrics";
  }

  /** Where people and jobs reach clusters. */
  URI kubernetesUrl() {
    return files.front().kubernetesUrl();
  }

  /** Signed the certificate of {@link #kubernetesUrl()}. */
  Path authorityFile() {
    return authority.certificate();
  }

  KasReplicas replicas() {
    return replicas;
  }

  /** Files of a check that end with the stack. */
  StateDirectory state() {
    return state;
  }

  /** From now on a log line with this secret is a leak. */
  void keepSecret(Secret secret) {
    secrets.add(secret);
  }

  Duration pollPeriod() {
    return files.pollPeriod();
  }

  /** From now on no push notice reaches kas: the wire between GitLab and kas is cut. */
  void loseNotices() {
    notices.cut();
  }

  void deliverNotices() {
    notices.mend();
  }

  /**
   * The numbers of the log lines in which a secret of this stack stands; empty when all is well.
   */
  List<String> secretsInLogs() throws IOException {
    List<String> found = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(logFile())) {
      number++;
      for (Secret secret : secrets) {
        if (line.contains(secret.text())) {
          found.add("line " + number);
        }
      }
    }
    return found;
  }

  private void closeLast(String name, Closing closing) {
    parts.push(new Part(name, closing));
  }

  /** Stops everything, the last started first. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.closing().close();
      } catch (IOException e) {
        throw new UncheckedIOException(part.name() + " did not stop", e);
      }
    }
  }

  /** Whether no process that this JVM started is left; says which are. */
  static boolean nothingLeft(Progress progress) {
    List<ProcessHandle> left =
        ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).toList();
    left.forEach(process ->
        progress.say(
            "left behind: process %d, %s", process.pid(), process.info().command().orElse("")));
    if (left.isEmpty()) {
      progress.say("everything is stopped, nothing is left behind");
    }
    return left.isEmpty();
  }
}
