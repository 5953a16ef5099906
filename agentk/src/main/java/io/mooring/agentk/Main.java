package io.mooring.agentk;

import io.mooring.agentk.connection.AgentToken;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.agentk.connection.KasHeader;
import io.mooring.agentk.leader.Election;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.JsonLogs;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.HttpProxies;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.transport.ListenAddress;
import io.mooring.protocol.transport.ServerTls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line of agentk (modules.md 8). */
@Command(
    name = "agentk",
    description = "Connects a Kubernetes cluster to GitLab.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footer = {
      "",
      "Environment:",
      "  AGENTK_TOKEN              the agent's token, where --token-file is not given",
      "  POD_NAMESPACE, POD_NAME   namespace and name of this Pod (required)",
      "",
      "Exit codes: 0 stopped by a signal, 1 failure, 2 wrong usage."
    })
public final class Main implements Callable<Integer> {
  private static final int STOPPED = 0;
  private static final int FAILURE = 1;

  /** Kubernetes kills 30 s after it asked to stop. */
  private static final long GRACE_SECONDS = 25;

  @Option(
      names = "--kas-address",
      required = true,
      paramLabel = "<url>",
      description =
          "grpc://host[:port], grpcs://host[:port], ws://host[:port][/path] or wss://host[:port][/path] of kas")
  private String kasAddress = "";

  @Option(
      names = "--token-file",
      paramLabel = "<file>",
      description = "File with the agent's token; read again when it changes")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--ca-cert-file",
      paramLabel = "<file>",
      description = "CA of kas's certificate, PEM; added to the system's roots")
  private Optional<Path> caCertFile = Optional.empty();

  @Option(
      names = "--kas-header",
      paramLabel = "<name: value>",
      description = "Header to send to kas; may be given more than once")
  private List<String> kasHeaders = new ArrayList<>();

  @Option(names = "--kas-insecure-skip-tls-verify", description = "Accept any certificate of kas")
  private boolean kasInsecureSkipTlsVerify;

  @Option(
      names = "--kas-tls-server-name",
      paramLabel = "<name>",
      description = "Name to verify in kas's certificate")
  private Optional<String> kasTlsServerName = Optional.empty();

  @Option(
      names = "--observability-listen-network",
      paramLabel = "<network>",
      defaultValue = "tcp",
      description = "tcp, tcp4, tcp6 or unix (default: tcp)")
  private String observabilityNetwork = "tcp";

  @Option(
      names = "--observability-listen-address",
      paramLabel = "<address>",
      defaultValue = ":8080",
      description = "Where metrics and probes are offered (default: :8080)")
  private String observabilityAddress = ":8080";

  @Option(
      names = "--observability-cert-file",
      paramLabel = "<file>",
      defaultValue = "",
      description = "Certificate of that listener, PEM")
  private String observabilityCertificate = "";

  @Option(
      names = "--observability-key-file",
      paramLabel = "<file>",
      defaultValue = "",
      description = "Key of that certificate, PEM")
  private String observabilityKey = "";

  @Mixin private KubernetesFlags kubernetes = new KubernetesFlags();

  private final Map<String, String> environment;

  private Main(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs agentk until a signal ends it. */
  public static void main(String[] arguments) {
    System.exit(run(System.getenv(), arguments));
  }

  static int run(Map<String, String> environment, String... arguments) {
    return new CommandLine(new Main(environment))
        .setExecutionExceptionHandler(Main::aborted)
        .execute(arguments);
  }

  /** Reads the command line without running anything. */
  static AgentkOptions options(Map<String, String> environment, String... arguments) {
    var main = new Main(environment);
    new CommandLine(main).parseArgs(arguments);
    return main.options();
  }

  @Override
  public Integer call() throws Exception {
    JsonLogs.install();
    var stop = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> stop(stop, stopped)));
    try (Agentk agent = Agentk.start(options())) {
      var _ = agent.crash().thenRun(stop::countDown);
      stop.await();
      Throwable fault = agent.crash().getNow(null);
      if (fault != null) {
        throw new IllegalStateException("a thread of agentk ended", fault);
      }
      return STOPPED;
    } finally {
      stopped.countDown();
    }
  }

  /**
   * Runs on SIGTERM and SIGINT, and when main has ended by itself, which leaves nothing to do.
   * Without the halt the JVM would end with the number of the signal.
   */
  private static void stop(CountDownLatch stop, CountDownLatch stopped) {
    if (stopped.getCount() == 0) {
      return;
    }
    stop.countDown();
    try {
      boolean clean = stopped.await(GRACE_SECONDS, TimeUnit.SECONDS);
      Runtime.getRuntime().halt(clean ? STOPPED : FAILURE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private AgentkOptions options() {
    ClientTls tls = new ClientTls("--ca-cert-file", caCertFile, kasInsecureSkipTlsVerify);
    return new AgentkOptions(
        new KasConnection.Settings(
            KasAddress.parse("--kas-address", kasAddress),
            tls,
            kasTlsServerName,
            token(),
            kasHeaders.stream().map(KasHeader::parse).toList(),
            HttpProxies.of(environment)),
        ListenAddress.parse(
            "--observability-listen-address", observabilityNetwork, observabilityAddress),
        ServerTls.read(
            "--observability-cert-file",
            observabilityCertificate,
            "--observability-key-file",
            observabilityKey),
        kubernetes.options(),
        required("POD_NAMESPACE"),
        required("POD_NAME"),
        Election.Pace.standard());
  }

  private AgentToken token() {
    String fromEnvironment = environment.getOrDefault("AGENTK_TOKEN", "");
    if (tokenFile.isPresent() == !fromEnvironment.isEmpty()) {
      throw new SettingException(
          "--token-file",
          (tokenFile.isPresent() ? "given, and AGENTK_TOKEN too" : "not given, nor AGENTK_TOKEN")
              + " (expected: exactly one of them)");
    }
    return tokenFile
        .<AgentToken>map(AgentToken.File::new)
        .orElseGet(() -> new AgentToken.Fixed(Secret.of(fromEnvironment)));
  }

  private String required(String variable) {
    String value = environment.getOrDefault(variable, "");
    if (value.isEmpty()) {
      throw new SettingException(
          variable, "not set in the environment (expected: from the Pod's downward API)");
    }
    return value;
  }

  private static int aborted(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) throws Exception {
    switch (failure) {
      case SettingException e -> command.getErr().println("Program aborted: " + e.getMessage());
      case IOException e -> command.getErr().println("Program aborted: " + e.getMessage());
      default -> {
        command.getErr().println("Program aborted: " + failure.getMessage());
        failure.printStackTrace(command.getErr());
      }
    }
    return FAILURE;
  }

  /** What {@code --version} prints. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {BuildInfo.current().text("agentk")};
    }
  }
}
