package io.mooring.gitaly;

import io.mooring.gitaly.configuration.ConfigurationFile;
import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.JsonLogs;
import io.mooring.protocol.yaml.InvalidDocumentException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** The program: reads the configuration, serves until it is told to stop, and drains. */
@Command(
    name = "gitaly",
    description = "Serves Git repositories over the Gitaly protocol.",
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
  @Option(
      names = "--configuration-file",
      paramLabel = "FILE",
      required = true,
      description = "Configuration in YAML; see docs/gitaly.md.")
  private Path configurationFile = Path.of("");

  private Main() {}

  /**
   * Starts the program. Exit codes: 0 stopped, 1 the configuration cannot be used, 2 wrong
   * arguments.
   */
  public static void main(String[] arguments) {
    JsonLogs.install();
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      GitalyConfiguration configuration = ConfigurationFile.read(configurationFile);
      JsonLogs.level(org.slf4j.Logger.ROOT_LOGGER_NAME, configuration.logging().level());
      JsonLogs.grpcLevel(configuration.logging().grpcLevel());
      GitalyServer server = GitalyServer.start(configuration);
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().name("gitaly-stop").unstarted(server::close));
      server.awaitTermination();
      return 0;
    } catch (SettingException | InvalidDocumentException e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {BuildInfo.current().text("gitaly")};
    }
  }
}
