package io.mooring.kas.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.mooring.kas.config.GitopsSettings;
import io.mooring.kas.git.GitFixture;
import io.mooring.kas.git.RealGitaly;
import io.mooring.kas.gitlab.ProjectInfo;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.notifications.TestPushes;
import io.mooring.kas.rpc.FeatureServer;
import io.mooring.kas.usage.UsageTracker;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.gitops.rpc.GitopsGrpc;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeRequest;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeResponse;
import io.mooring.wire.gitops.rpc.PathCF;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * What a commit costs does not depend on the size of the repository: workload B11 of the
 * performance goals.
 */
class LargeRepositoryTest {
  private static final int FILES = 20_000;
  private static final int MANIFESTS = 2_000;
  private static final long MAX_BYTES_FROM_GIT = 100_000;

  private final Logger logger = (Logger) LoggerFactory.getLogger(Synchronization.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  @TempDir private Path folder;

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  @Test
  @Tag("fault-50")
  void aCommitToOneOfTwentyThousandFilesReadsLessThanAHundredKilobytesFromGit() throws Exception {
    try (RealGitaly gitaly = new RealGitaly(folder);
        GitFixture git = new GitFixture();
        FeatureServer kas = serve(gitaly, git)) {
      Map<String, String> manifests = fill(gitaly);
      assertThat(synchronize(kas)).isEqualTo(manifests);
      long whole = bytesFromGit();

      gitaly.git().write("apps/7/manifest-7.yaml", "changed: true\n");
      gitaly.push();
      manifests.put("apps/7/manifest-7.yaml", "changed: true\n");

      assertThat(synchronize(kas)).isEqualTo(manifests);
      assertThat(bytesFromGit()).isPositive().isLessThan(MAX_BYTES_FROM_GIT);
      assertThat(whole).isGreaterThan(10 * MAX_BYTES_FROM_GIT);
    }
  }

  private static Map<String, String> fill(RealGitaly gitaly) {
    Map<String, String> manifests = new HashMap<>();
    for (int i = 0; i < FILES; i++) {
      String directory = "apps/" + i % 100 + "/";
      if (i < MANIFESTS) {
        manifests.put(
            directory + "manifest-" + i + ".yaml",
            "number: " + i + "\n" + "# text\n".repeat(i % 50));
      } else {
        gitaly.git().write(directory + "source-" + i + ".txt", "text " + i);
      }
    }
    manifests.forEach(gitaly.git()::write);
    gitaly.push();
    return manifests;
  }

  private long bytesFromGit() {
    ILoggingEvent last = lines.list.getLast();
    assertThat(last.getMessage()).isEqualTo("Sent objects");
    return last.getKeyValuePairs().stream()
        .filter(pair -> pair.key.equals("bytes_from_git"))
        .mapToLong(pair -> (Long) pair.value)
        .sum();
  }

  private static FeatureServer serve(RealGitaly gitaly, GitFixture git) throws Exception {
    GitopsSettings settings =
        new GitopsSettings(
            Duration.ofMinutes(5),
            Duration.ZERO,
            Duration.ofMinutes(1),
            5 << 20,
            20 << 20,
            100,
            25_000);
    return new FeatureServer(
        new Gitops(
            settings,
            token -> new AgentInfo(5, 10, "agent", gitaly.info(), gitaly.entity(), "main"),
            (token, path) -> new ProjectInfo(77, gitaly.info(), gitaly.entity(), "main"),
            git.repositories(),
            new TestPushes(),
            new UsageTracker(),
            BackoffPolicy.STANDARD,
            InstantSource.system(),
            RandomGenerator.getDefault()));
  }

  private static Map<String, String> synchronize(FeatureServer kas) {
    Map<String, String> files = new HashMap<>();
    ObjectsToSynchronizeRequest request =
        ObjectsToSynchronizeRequest.newBuilder()
            .setProjectId("group/project")
            .addPaths(PathCF.newBuilder().setGlob("**/*.yaml"))
            .build();
    GitopsGrpc.newBlockingStub(kas.channel())
        .withDeadlineAfter(120, TimeUnit.SECONDS)
        .getObjectsToSynchronize(request)
        .forEachRemaining(answer -> {
          if (answer.getMessageCase() == ObjectsToSynchronizeResponse.MessageCase.OBJECT) {
            files.merge(
                answer.getObject().getSource(),
                answer.getObject().getData().toStringUtf8(),
                String::concat);
          }
        });
    return files;
  }
}
