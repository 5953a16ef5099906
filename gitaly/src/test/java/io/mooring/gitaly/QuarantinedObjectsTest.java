package io.mooring.gitaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.mooring.testkit.git.GitCommand;
import io.mooring.wire.gitaly.CommitIsAncestorRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects of a push that GitLab is still judging, seen through the directories the hook names. */
class QuarantinedObjectsTest {
  private static final String REPOSITORY = "quarantined.git";

  @TempDir Path directory;

  @Test
  void seesCommitsThatWaitOnlyThroughTheirDirectory() throws IOException {
    try (TestGitaly gitaly = TestGitaly.start(directory)) {
      gitaly.bare(REPOSITORY);
      GitCommand git = gitaly.workingCopy(directory.resolve("work"), REPOSITORY);
      String before = git.write("a", "1").commit("first");
      git.run("push", "--quiet", "origin", "main");
      Path waiting = gitaly.storage().resolve(REPOSITORY).resolve("objects/tmp_objdir-test");
      Files.createDirectories(waiting);
      String after =
          git.withVariable("GIT_OBJECT_DIRECTORY", waiting.toString())
              .withVariable(
                  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                  git.directory().resolve(".git/objects").toString())
              .write("a", "2")
              .commit("second");

      assertThat(isAncestor(gitaly, "objects/tmp_objdir-test", before, after)).isTrue();
      assertThat(isAncestor(gitaly, "", before, after)).isFalse();
    }
  }

  @Test
  void refusesDirectoriesThatAreNotOfTheRepository() {
    try (TestGitaly gitaly = TestGitaly.start(directory)) {
      gitaly.bare(REPOSITORY);
      String id = "1".repeat(40);

      for (String path : List.of("../other.git/objects", "/etc", "refs", "objects/../..")) {
        assertThatThrownBy(() -> isAncestor(gitaly, path, id, id))
            .isInstanceOf(StatusRuntimeException.class)
            .hasMessageContaining("INVALID_ARGUMENT")
            .hasMessageContaining("is not one of the repository");
      }
    }
  }

  private static boolean isAncestor(
      TestGitaly gitaly, String objectDirectory, String before, String after) {
    var repository = TestGitaly.named(REPOSITORY).toBuilder();
    if (!objectDirectory.isEmpty()) {
      repository.setGitObjectDirectory(objectDirectory).addGitAlternateObjectDirectories("objects");
    }
    return gitaly
        .commits()
        .commitIsAncestor(
            CommitIsAncestorRequest.newBuilder()
                .setRepository(repository)
                .setAncestorId(before)
                .setChildId(after)
                .build())
        .getValue();
  }
}
