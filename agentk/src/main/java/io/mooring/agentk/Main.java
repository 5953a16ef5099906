package io.mooring.agentk;

import io.mooring.agentk.leader.Election;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.JsonLogs;
import io.mooring.protocol.transport.ListenAddress;
import io.mooring.protocol.transport.ServerTls;
import java.io.IOException;
import java.util.Map;
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

  @Mixin private KasFlags kas = new KasFlags();

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
        .addSubcommand(new DoctorCommand(environment))
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
    kas.requireAddress();
    return new AgentkOptions(
        kas.settings(environment),
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
