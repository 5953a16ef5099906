package io.mooring.gitlab;

import io.mooring.gitlab.configuration.ConfigurationFile;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.JsonLogs;
import io.mooring.protocol.yaml.InvalidDocumentException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The program {@code gitlab}. Talk goes to stderr as JSON lines; the first password goes to stdout,
 * once.
 */
@Command(
    name = "gitlab",
    description = "Runs the GitLab application until it is told to stop.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(Main.class);

  /** A setting cannot be used. */
  private static final int EXIT_SETTING = 78;

  @Option(
      names = "--configuration-file",
      required = true,
      description = "YAML file with the settings of docs/gitlab.md.")
  private Path file = Path.of("gitlab.yml");

  private Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] arguments) {
    JsonLogs.install();
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    RunningGitLab application;
    try {
      GitLabConfiguration configuration = ConfigurationFile.read(file);
      application = GitLabApplication.start(configuration);
      application
          .rootPassword()
          .ifPresent(password ->
              System.out.println(
                  "First administrator: "
                      + configuration.administrator().username()
                      + ", password (shown this once): "
                      + password.text()));
    } catch (InvalidDocumentException | SettingException e) {
      System.err.println(e.getMessage());
      return EXIT_SETTING;
    }
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> stop(application)));
    new CountDownLatch(1).await();
    return 0;
  }

  private static void stop(RunningGitLab application) {
    log.atInfo().log("GitLab application stops");
    application.close();
    log.atInfo().log("GitLab application stopped");
    // A signal that was obeyed is a success; Java's own code for it is 143.
    Runtime.getRuntime().halt(0);
  }

  /** What {@code --version} prints. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {BuildInfo.current().text("gitlab")};
    }
  }
}
