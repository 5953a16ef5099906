package io.mooring.kas;

import io.mooring.kas.config.KasConfigurationFile;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.JsonLogs;
import io.mooring.protocol.yaml.InvalidDocumentException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/**
 * The command {@code kas}: exit code 0 after a signal, 1 when it cannot start, 2 for a wrong
 * command line.
 */
@Command(
    name = "kas",
    description = "The server that agents of GitLab for Kubernetes connect to.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(Main.class);

  @Option(
      names = "--configuration-file",
      required = true,
      paramLabel = "FILE",
      description = "YAML file with the configuration.")
  private Path configurationFile = Path.of("");

  /** Runs until a signal comes. */
  public static void main(String[] arguments) {
    JsonLogs.install();
    int code = new CommandLine(new Main()).execute(arguments);
    System.exit(code);
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      KasConfigurationFile file = KasConfigurationFile.read(configurationFile);
      JsonLogs.level(Logger.ROOT_LOGGER_NAME, file.configuration().observability().logLevel());
      JsonLogs.grpcLevel(file.configuration().observability().grpcLogLevel());
      file.warnings()
          .forEach(problem ->
              log.atWarn()
                  .addKeyValue("problem", problem)
                  .log("Configuration setting needs a look"));
      Kas kas = Kas.start(file.configuration());
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("shutdown")
                  .unstarted(() -> {
                    kas.close();
                    // A signal that was obeyed is a success; Java's own code for it is 143.
                    Runtime.getRuntime().halt(0);
                  }));
      new CountDownLatch(1).await();
      return 0;
    } catch (InvalidDocumentException e) {
      return abort(String.join("\n  ", e.problems().stream().map(Object::toString).toList()));
    } catch (SettingException e) {
      return abort(String.valueOf(e.getMessage()));
    }
  }

  private static int abort(String error) {
    PrintStream talk = System.err;
    talk.println("Program aborted: " + error);
    return 1;
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {BuildInfo.current().text("kas")};
    }
  }
}
