package io.mooring.allinone;

import io.mooring.agentk.Agentk;
import io.mooring.agentk.AgentkOptions;
import io.mooring.agentk.connection.AgentToken;
import io.mooring.gitaly.GitalyServer;
import io.mooring.gitlab.GitLabApplication;
import io.mooring.gitlab.RunningGitLab;
import io.mooring.gitlab.identity.Scope;
import io.mooring.kas.Kas;
import io.mooring.kas.config.KasConfigurationFile;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.yaml.InvalidDocumentException;
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
  private final NoticeRelay relay;
  private final HopTimes hops;
  private final Secret token;
  private final Rest rest;

  /**
   * What a person chooses.
   *
   * @param kubeconfig the cluster to deploy to; without it a local API server is started
   * @param state where to keep everything; without it nothing is kept
   */
  public record Options(Optional<Path> kubeconfig, Optional<Path> state) {}

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
      cluster = cluster(options.kubeconfig());
      closeLast("Kubernetes API server", cluster::close);
      Ports ports = new Ports(progress);
      int api = ports.preferably(8153, "kas for GitLab");
      relay = NoticeRelay.to(api);
      closeLast("notice relay", relay::close);
      files =
          new StackFiles(
              state,
              ports.preferably(8080, "the GitLab application"),
              ports.preferably(8075, "gitaly"),
              ports.preferably(8150, "kas for agents"),
              api,
              relay.port(),
              ports.preferably(8155, "kas for replicas"),
              ports.preferably(8151, "metrics of kas"),
              POLL_PERIOD);
      RunningGitLab gitlab = startServers();
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

  private Cluster cluster(Optional<Path> kubeconfig) {
    if (kubeconfig.isPresent()) {
      progress.say("deploying to the cluster of %s", kubeconfig.get());
      return new Cluster.Given(kubeconfig.get());
    }
    Cluster.Local local = Cluster.Local.start(state.path("cluster"));
    progress.say("kube-apiserver %s is up", local.servers().apiServer().version());
    return local;
  }

  private RunningGitLab startServers() throws IOException {
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
      Kas kas = Kas.start(KasConfigurationFile.read(files.kas()).configuration());
      closeLast("kas", kas::close);
      progress.say("kas is up");
      for (String name :
          List.of(
              "gitaly-token",
              "root-password",
              "kas-secret",
              "shell-secret",
              "kas-private-secret")) {
        secrets.add(state.secret(state.secretFile(name)));
      }
      return gitlab;
    } catch (InvalidDocumentException e) {
      throw new IOException("a configuration file written here is refused: " + e.getMessage(), e);
    }
  }

  /** Starts agentk with this token. Its Lease stands in the namespace {@code default}. */
  void startAgent(Secret agentToken) throws IOException {
    secrets.add(agentToken);
    Agentk agent =
        Agentk.start(
            AgentkOptions.of(
                KasAddress.parse("--kas-address", kasAddress()),
                new AgentToken.File(state.write("agent-token", agentToken.text())),
                cluster.kubeconfig(),
                "default",
                "quickstart"));
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
    return "grpc://" + HOST + ":" + files.kasAgentPort();
  }

  String kasMetrics() {
    return "http://" + HOST + ":" + files.kasMetricsPort() + "/metrics";
  }

  Duration pollPeriod() {
    return files.pollPeriod();
  }

  /** From now on no push notice reaches kas: the wire between GitLab and kas is cut. */
  void loseNotices() {
    relay.cut();
  }

  void deliverNotices() {
    relay.mend();
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
