package io.mooring.gitaly.object;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.storage.DurableFiles;
import io.mooring.gitaly.storage.GitEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** Any text is a revision that names something, one that names nothing, or a refusal. */
class RevisionsProperties {
  private static final Repository REPOSITORY = makeRepository();

  private static Repository makeRepository() {
    try {
      Path directory = Files.createTempDirectory("revisions");
      GitEnvironment.install(List.of(directory), 1 << 30);
      Repository made = new FileRepositoryBuilder().setGitDir(directory.toFile()).setBare().build();
      made.create(true);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterContainer
  static void removeRepository() throws IOException {
    REPOSITORY.close();
    DurableFiles.deleteTree(REPOSITORY.getDirectory().toPath());
  }

  @Property(tries = 3000)
  void everyTextIsAnsweredOrRefused(@ForAll("revisions") String text) throws IOException {
    try {
      String revision = Revisions.checked(text);

      assertThat(Revisions.object(REPOSITORY, revision)).isEmpty();
      assertThat(Revisions.tree(REPOSITORY, revision)).isEmpty();
    } catch (GitalyFailure e) {
      assertThat(e.kind()).isEqualTo(GitalyFailure.Kind.INVALID_ARGUMENT);
    }
  }

  @Provide
  Arbitrary<String> revisions() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "HEAD",
            "refs/heads/x",
            "@",
            "{",
            "}",
            "^",
            "~",
            "1",
            "-",
            ":",
            "/",
            "..",
            "tree",
            "commit",
            "\0",
            "\\",
            "-g",
            "abcdef",
            "@{u}",
            "[",
            "*",
            " ",
            "{-1}",
            "{yesterday}",
            "g",
            ".");
    return Arbitraries.oneOf(
        pieces.list().ofMaxSize(6).map(parts -> String.join("", parts)),
        Arbitraries.strings().ofMaxLength(20));
  }
}
