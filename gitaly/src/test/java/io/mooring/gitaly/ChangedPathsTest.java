package io.mooring.gitaly;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.mooring.testkit.git.GitCommand;
import io.mooring.wire.gitaly.ChangedPaths;
import io.mooring.wire.gitaly.FindChangedPathsRequest;
import io.mooring.wire.gitaly.FindChangedPathsRequest.MergeCommitDiffMode;
import io.mooring.wire.gitaly.FindChangedPathsRequest.Request;
import io.mooring.wire.gitaly.FindChangedPathsRequest.Request.CommitRequest;
import io.mooring.wire.gitaly.FindChangedPathsRequest.Request.TreeRequest;
import io.mooring.wire.gitaly.GetTreeEntriesRequest;
import io.mooring.wire.gitaly.GetTreeEntriesResponse;
import io.mooring.wire.gitaly.InfoRefsRequest;
import io.mooring.wire.gitaly.TreeEntryRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FindChangedPaths: what kas reads instead of whole trees. */
class ChangedPathsTest {
  private static final String REPOSITORY = "project.git";

  @TempDir Path directory;

  private TestGitaly gitaly;
  private GitCommand work;

  @BeforeEach
  void start() {
    gitaly = TestGitaly.start(directory);
    gitaly.bare(REPOSITORY);
    work = gitaly.workingCopy(directory.resolve("work"), REPOSITORY);
  }

  @AfterEach
  void stop() {
    gitaly.close();
  }

  @Test
  void tellsWhatGitTells() {
    work.write("same", "1")
        .write("changed", "1")
        .write("gone", "1")
        .write("kind", "1")
        .write("a/b/c", "1")
        .write("d/e", "1");
    String before = work.commit("before");
    work.write("changed", "2").write("new", "1").write("a/b/x", "1");
    work.run("rm", "--quiet", "gone", "kind", "d/e");
    work.write("d", "now a file");
    String blob = work.command("hash-object", "-w", "--stdin").withInput("target").output().strip();
    work.run("add", "--all");
    work.run("update-index", "--add", "--cacheinfo", "120000," + blob + ",kind");
    work.run("commit", "--quiet", "--message", "after");
    String after = work.run("rev-parse", "HEAD");
    work.run("push", "--quiet", "origin", "HEAD:main");

    List<String> shown =
        changes(tree(before, after)).stream().map(ChangedPathsTest::asGit).toList();

    List<String> git =
        work.run("diff-tree", "-r", "--no-renames", "--raw", "--no-abbrev", before, after)
            .lines()
            .toList();
    assertThat(shown).containsExactlyInAnyOrderElementsOf(git);
    assertThat(changes(tree(after, after))).isEmpty();
    assertThat(changes(commit(after)).stream().map(ChangedPathsTest::asGit).toList())
        .containsExactlyInAnyOrderElementsOf(git);
    assertThat(changes(commit(before)))
        .extracting(ChangedPaths::getStatus)
        .hasSize(6)
        .containsOnly(ChangedPaths.Status.ADDED);
  }

  @Test
  void comparesAMergeWithEachParentOrOnlyWithAll() {
    work.write("base", "1").commit("base");
    work.run("checkout", "--quiet", "-b", "left");
    work.write("l", "1").write("both", "left").commit("left");
    work.run("checkout", "--quiet", "-b", "right", "main");
    work.write("r", "1").write("both", "right").commit("right");
    work.command("merge", "--quiet", "left").run();
    work.write("both", "merged");
    String merge = work.commit("merge");
    work.run("push", "--quiet", "origin", "HEAD:main");

    List<ChangedPaths> each = changes(commit(merge));
    List<ChangedPaths> all =
        changes(
            commit(merge).toBuilder()
                .setMergeCommitDiffMode(MergeCommitDiffMode.MERGE_COMMIT_DIFF_MODE_ALL_PARENTS)
                .build());

    assertThat(each)
        .extracting(change -> change.getPath().toStringUtf8())
        .containsExactlyInAnyOrder("both", "l", "both", "r");
    assertThat(all).extracting(change -> change.getPath().toStringUtf8()).containsExactly("both");
  }

  @Test
  void saysWhichSideIsNotThere() {
    String commit = work.write("x", "1").commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");
    String missing = "1".repeat(40);

    assertThat(failure(tree(missing, commit)))
        .isEqualTo(
            "NOT_FOUND: resolving left tree: revision can not be found: \"" + missing + "\"");
    assertThat(failure(tree(commit, "nowhere")))
        .isEqualTo("NOT_FOUND: resolving right tree: revision can not be found: \"nowhere\"");
    assertThat(failure(tree("", commit)))
        .isEqualTo("INVALID_ARGUMENT: resolving left tree: revision cannot be empty");
    assertThat(failure(tree("--all", commit))).startsWith("INVALID_ARGUMENT");
    assertThat(
            failure(
                FindChangedPathsRequest.newBuilder()
                    .setRepository(TestGitaly.named(REPOSITORY))
                    .addRequests(Request.getDefaultInstance())
                    .build()))
        .startsWith("INVALID_ARGUMENT");
  }

  @Test
  @Tag("fault-50")
  void costsAsMuchAsTheChangeInARepositoryOfTwentyThousandFiles() {
    var stream = new StringBuilder("commit refs/heads/main\ncommitter A <a@b.c> 1 +0000\ndata 0\n");
    for (int i = 0; i < 20_000; i++) {
      stream
          .append("M 100644 inline d")
          .append(i % 200)
          .append("/f")
          .append(i)
          .append(".yaml\ndata 6\nfile ")
          .append(i % 10)
          .append('\n');
    }
    stream.append(
        "commit refs/heads/main\ncommitter A <a@b.c> 2 +0000\ndata 0\nM 100644 inline d7/f7.yaml\ndata 3\nnew\n");
    var _ = work.command("fast-import", "--quiet").withInput(stream.toString()).output();
    String after = work.run("rev-parse", "main");
    String before = work.run("rev-parse", "main~1");
    work.run("push", "--quiet", "origin", "main");

    long bytes = 0;
    var refs =
        gitaly
            .smartHttp()
            .infoRefsUploadPack(
                InfoRefsRequest.newBuilder().setRepository(TestGitaly.named(REPOSITORY)).build());
    while (refs.hasNext()) {
      bytes += refs.next().getSerializedSize();
    }
    List<ChangedPaths> changes = changes(tree(before, after));
    for (ChangedPaths change : changes) {
      bytes += change.getSerializedSize();
      var file =
          gitaly
              .commits()
              .treeEntry(
                  TreeEntryRequest.newBuilder()
                      .setRepository(TestGitaly.named(REPOSITORY))
                      .setRevision(copyFromUtf8(after))
                      .setPath(change.getPath())
                      .build());
      while (file.hasNext()) {
        bytes += file.next().getSerializedSize();
      }
    }

    assertThat(changes)
        .extracting(change -> change.getPath().toStringUtf8())
        .containsExactly("d7/f7.yaml");
    assertThat(bytes).isLessThan(100 * 1024);
    assertListsInMessagesOfABearableSize(after);
  }

  private void assertListsInMessagesOfABearableSize(String commit) {
    var answers = new ArrayList<GetTreeEntriesResponse>();
    gitaly
        .commits()
        .getTreeEntries(
            GetTreeEntriesRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .setRevision(copyFromUtf8(commit))
                .setPath(copyFromUtf8("."))
                .setRecursive(true)
                .build())
        .forEachRemaining(answers::add);

    assertThat(answers.stream().mapToInt(GetTreeEntriesResponse::getEntriesCount).sum())
        .isEqualTo(20_200);
    assertThat(answers).hasSizeGreaterThan(1);
    assertThat(answers)
        .allSatisfy(answer -> assertThat(answer.getSerializedSize()).isLessThan(1 << 20));
  }

  private static FindChangedPathsRequest tree(String left, String right) {
    return request(
        Request.newBuilder()
            .setTreeRequest(
                TreeRequest.newBuilder().setLeftTreeRevision(left).setRightTreeRevision(right))
            .build());
  }

  private static FindChangedPathsRequest commit(String commit) {
    return request(
        Request.newBuilder()
            .setCommitRequest(CommitRequest.newBuilder().setCommitRevision(commit))
            .build());
  }

  private static FindChangedPathsRequest request(Request request) {
    return FindChangedPathsRequest.newBuilder()
        .setRepository(TestGitaly.named(REPOSITORY))
        .addRequests(request)
        .build();
  }

  private List<ChangedPaths> changes(FindChangedPathsRequest request) {
    var changes = new ArrayList<ChangedPaths>();
    gitaly
        .diffs()
        .findChangedPaths(request)
        .forEachRemaining(answer -> changes.addAll(answer.getPathsList()));
    return changes;
  }

  private String failure(FindChangedPathsRequest request) {
    try {
      return "OK " + changes(request);
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
  }

  private static String asGit(ChangedPaths change) {
    char letter =
        switch (change.getStatus()) {
          case ADDED -> 'A';
          case MODIFIED -> 'M';
          case DELETED -> 'D';
          case TYPE_CHANGE -> 'T';
          case COPIED, RENAMED, UNRECOGNIZED -> '?';
        };
    return ":%06o %06o %s %s %c\t%s"
        .formatted(
            change.getOldMode(),
            change.getNewMode(),
            change.getOldBlobId(),
            change.getNewBlobId(),
            letter,
            change.getPath().toStringUtf8());
  }
}
