package io.mooring.gitlab;

import io.mooring.gitlab.configuration.ConfigurationFile;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.JsonLogs;
import io.mooring.protocol.yaml.InvalidDocumentException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The program {@code gitlab}. Talk goes to stderr as JSON lines; the first password goes to stdout,
 * once.
 */
@Command(
    name = "gitlab",
    description = "Runs the GitLab application until it is told to stop.",
    mixinStandardHelpOptions = true,
    subcommands = {BackupCommand.class, RestoreCommand.class},
    versionProvider = Main.Version.class)
public final class Main implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(Main.class);

  /** A setting cannot be used. */
  static final int EXIT_SETTING = 78;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--configuration-file",
      description = "YAML file with the settings of docs/gitlab.md.")
  private Optional<Path> file = Optional.empty();

  Main() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] arguments) {
    JsonLogs.install();
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    // Not the parser's business: the other commands have an option of this name of their own.
    Path settings =
        file.orElseThrow(() ->
            new ParameterException(
                spec.commandLine(), "Missing required option: '--configuration-file'"));
    RunningGitLab application;
    try {
      GitLabConfiguration configuration = ConfigurationFile.read(settings);
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
