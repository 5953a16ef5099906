package io.mooring.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorkspaceTest {
  private static final Path ROOT = Path.of(System.getProperty("java.io.tmpdir"));

  @Test
  void isReadableByThisUserAlone() throws Exception {
    Path made = Workspace.create("test");
    try {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
          .isEqualTo("rwx------");
    } finally {
      Workspace.delete(made);
    }
  }

  @Test
  void removesWhatAKilledRunLeft() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path stale = Files.createTempDirectory(ROOT, "mooring-" + ended.pid() + "-redis-");
    Files.createDirectory(stale.resolve("data"));
    Files.writeString(stale.resolve("data/file"), "left");

    Path fresh = Workspace.create("test");

    assertThat(stale).doesNotExist();
    assertThat(fresh).isDirectory();
    Workspace.delete(fresh);
  }

  @Test
  void keepsWhatBelongsToARunningProcess() throws Exception {
    Path current =
        Files.createTempDirectory(ROOT, "mooring-" + ProcessHandle.current().pid() + "-x-");

    Path fresh = Workspace.create("test");

    assertThat(current).isDirectory();
    Workspace.delete(fresh);
    Workspace.delete(current);
  }

  @Test
  void removesLinksWithoutFollowingThem(@TempDir Path elsewhere) throws Exception {
    Path kept = Files.writeString(elsewhere.resolve("kept"), "text");
    Path made = Workspace.create("test");
    Files.createSymbolicLink(made.resolve("link"), elsewhere);

    Workspace.delete(made);

    assertThat(made).doesNotExist();
    assertThat(kept).hasContent("text");
  }
}
