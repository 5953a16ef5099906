package io.mooring.gitlab;

import io.mooring.gitlab.configuration.ConfigurationException;
import io.mooring.gitlab.configuration.ConfigurationFile;
import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.protocol.observability.JsonLogs;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
    } catch (ConfigurationException | SettingException e) {
      System.err.println(e.getMessage());
      return EXIT_SETTING;
    }
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  application.close();
                  stopped.countDown();
                },
                "stop"));
    stopped.await();
    return 0;
  }

  /** What {@code --version} prints. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {BuildInfo.current().text("gitlab")};
    }
  }
}
