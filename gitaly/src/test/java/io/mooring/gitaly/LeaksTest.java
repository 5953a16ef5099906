package io.mooring.gitaly;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.git.GitCommand;
import io.mooring.testkit.leaks.LeakCheck;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that was closed leaves nothing in the process. */
@LeakCheck(allowedThreads = {"JGit", "grpc-default-executor", "grpc-timer", "globalEventExecutor"})
class LeaksTest {
  @TempDir static Path directory;

  private static GitCommand work;

  @BeforeAll
  static void useOnceWhatStaysForEver() throws IOException {
    work = GitCommand.init(directory.resolve("work"));
    work.commit("first");
    serve();
  }

  @Test
  void endsEverythingItStarted() throws IOException {
    serve();
  }

  @Test
  void doesSoAgain() throws IOException {
    serve();
  }

  private static void serve() throws IOException {
    try (var gitaly =
            TestGitaly.start(directory, settings -> settings.withObservability("127.0.0.1:0"));
        var http = HttpBridge.start(gitaly.channel())) {
      if (!gitaly.storage().resolve("project.git").toFile().exists()) {
        gitaly.bare("project.git");
      }
      work.run("push", "--quiet", http.url("project.git"), "HEAD:main");
      assertThat(gitaly.advertisement("project.git", "")).contains("refs/heads/main");
    }
  }
}
