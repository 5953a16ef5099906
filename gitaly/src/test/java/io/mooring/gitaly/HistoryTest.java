package io.mooring.gitaly;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.grpc.StatusRuntimeException;
import io.mooring.testkit.git.GitCommand;
import io.mooring.wire.gitaly.CommitIsAncestorRequest;
import io.mooring.wire.gitaly.FindCommitRequest;
import io.mooring.wire.gitaly.GetBlobRequest;
import io.mooring.wire.gitaly.GetBlobResponse;
import io.mooring.wire.gitaly.GetBlobsRequest;
import io.mooring.wire.gitaly.GetBlobsResponse;
import io.mooring.wire.gitaly.GitCommit;
import io.mooring.wire.gitaly.LastCommitForPathRequest;
import io.mooring.wire.gitaly.ListCommitsRequest;
import io.mooring.wire.gitaly.ObjectType;
import io.mooring.wire.gitaly.PaginationParameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits and blobs (gitlab-side.md 8.7), with the real git as the judge. */
class HistoryTest {
  private static final String REPOSITORY = "history.git";

  @TempDir static Path directory;

  private static TestGitaly gitaly;
  private static GitCommand git;

  @BeforeAll
  static void fillRepository() {
    gitaly = TestGitaly.start(directory);
    gitaly.bare(REPOSITORY);
    git = gitaly.workingCopy(directory.resolve("work"), REPOSITORY);
    git.write("a", "1")
        .write("d/b", "1")
        .commit(
            "first\nsecond line of the subject\n\nBody.\n\nSigned-off-by: Ann <ann@example.com>");
    git.withVariable("GIT_COMMITTER_DATE", "2026-02-01T00:00:00+0200")
        .write("a", "2")
        .commit("change a");
    git.run("checkout", "--quiet", "-b", "side", "HEAD~1");
    git.withVariable("GIT_AUTHOR_NAME", "Bea")
        .withVariable("GIT_COMMITTER_DATE", "2026-02-02T00:00:00Z")
        .write("d/b", "2")
        .commit("change b");
    git.run("checkout", "--quiet", "main");
    git.withVariable("GIT_COMMITTER_DATE", "2026-02-03T00:00:00Z")
        .run("merge", "--quiet", "--no-ff", "-m", "merge side", "side");
    git.run("tag", "--annotate", "--message", "tag", "v1", "main~1");
    git.write("long", "x");
    git.withVariable("GIT_COMMITTER_DATE", "2026-02-04T00:00:00Z")
        .commit("long\n\n" + "x".repeat(11_000));
    git.run("push", "--quiet", "origin", "main", "side", "v1");
  }

  @AfterAll
  static void stop() {
    gitaly.close();
  }

  @Test
  void tellsACommitWithAllItsFacts() {
    GitCommit commit = find("main~2^{commit}", true);

    assertThat(commit.getId()).isEqualTo(git.run("rev-parse", "main~2"));
    assertThat(commit.getTreeId()).isEqualTo(git.run("rev-parse", "main~2^{tree}"));
    GitCommit first = find(git.run("rev-list", "--max-parents=0", "main"), true);
    assertThat(first.getSubject().toStringUtf8()).isEqualTo("first second line of the subject");
    assertThat(first.getBody().toStringUtf8())
        .isEqualTo(git.run("log", "-1", "--format=%B", first.getId()) + "\n");
    assertThat(first.getBodySize()).isEqualTo(first.getBody().size());
    assertThat(first.getParentIdsList()).isEmpty();
    assertThat(first.getAuthor().getName().toStringUtf8()).isEqualTo("Ada Author");
    assertThat(first.getAuthor().getTimezone().toStringUtf8()).isEqualTo("+0000");
    assertThat(first.getTrailersList())
        .extracting(
            trailer -> trailer.getKey().toStringUtf8() + "=" + trailer.getValue().toStringUtf8())
        .containsExactly("Signed-off-by=Ann <ann@example.com>");
    assertThat(find("v1", false).getId()).isEqualTo(git.run("rev-parse", "v1^{commit}"));
    assertThat(find("main~1^1", false).getCommitter().getTimezone().toStringUtf8())
        .isEqualTo("+0200");
    GitCommit merge = find("main~1", false);
    assertThat(merge.getParentIdsList())
        .containsExactly(git.run("rev-parse", "main~1^1"), git.run("rev-parse", "main~1^2"));
  }

  @Test
  void leavesOutALongBodyAndTellsItsSize() {
    GitCommit commit = find("main", false);

    assertThat(commit.getSubject().toStringUtf8()).isEqualTo("long");
    assertThat(commit.getBody()).isEmpty();
    assertThat(commit.getBodySize()).isEqualTo(11_007);
  }

  @Test
  void answersAnUnknownRevisionWithoutACommit() {
    var request = FindCommitRequest.newBuilder().setRepository(TestGitaly.named(REPOSITORY));

    for (String revision :
        List.of(
            "nowhere",
            "1".repeat(40),
            "main~99",
            "main^{blob}",
            "x@{",
            "HEAD@{1",
            "^^^",
            "main^{")) {
      assertThat(
              gitaly
                  .commits()
                  .findCommit(request.setRevision(copyFromUtf8(revision)).build())
                  .hasCommit())
          .as(revision)
          .isFalse();
    }
  }

  @Test
  void tellsAncestors() {
    assertThat(isAncestor("main~3", "main")).isTrue();
    assertThat(isAncestor("side", "main")).isTrue();
    assertThat(isAncestor("main", "side")).isFalse();
    assertThat(isAncestor("nowhere", "main")).isFalse();
    assertThat(failure(() -> isAncestor("", "main"))).startsWith("INVALID_ARGUMENT");
    assertThat(failure(() -> isAncestor("main", ""))).startsWith("INVALID_ARGUMENT");
  }

  @Test
  void tellsWhoChangedAPathLast() {
    for (String path : List.of("a", "d", "d/b", "long", ".", "")) {
      assertThat(last(path))
          .as(path)
          .isEqualTo(
              git.run("log", "-1", "--format=%H", "main", "--", path.isEmpty() ? "." : path));
    }
    assertThat(last("missing")).isEmpty();
  }

  @Test
  void listsCommitsAsRevListDoes() {
    for (List<String> revisions :
        List.of(
            List.of("main"),
            List.of("main", "^side"),
            List.of("side..main"),
            List.of("main...side"),
            List.of("--all"),
            List.of("--branches", "--not", "v1"),
            List.of("--tags"),
            List.of("side", "v1"))) {
      List<String> expected = git.command("rev-list").with(revisions).output().lines().toList();

      assertThat(ids(request(revisions)))
          .as(revisions.toString())
          .containsExactlyInAnyOrderElementsOf(expected);
    }
    assertThat(ids(request(List.of("main")).setOrder(ListCommitsRequest.Order.TOPO)))
        .isEqualTo(git.run("rev-list", "--topo-order", "main").lines().toList());
    assertThat(ids(request(List.of("main")).setReverse(true)))
        .isEqualTo(git.run("rev-list", "--reverse", "main").lines().toList());
    assertThat(ids(request(List.of("main")).setFirstParent(true)))
        .isEqualTo(git.run("rev-list", "--first-parent", "main").lines().toList());
    assertThat(ids(request(List.of("main")).setMaxParents(1)))
        .containsExactlyInAnyOrderElementsOf(
            git.run("rev-list", "--no-merges", "main").lines().toList());
    assertThat(ids(request(List.of("main")).setAuthor(copyFromUtf8("^bea")).setIgnoreCase(true)))
        .isEqualTo(git.run("rev-list", "--author=Bea", "main").lines().toList());
    assertThat(ids(request(List.of("main")).addCommitMessagePatterns(copyFromUtf8("^change [ab]"))))
        .containsExactlyInAnyOrderElementsOf(
            git.run("rev-list", "--grep=^change [ab]", "main").lines().toList());
    assertThat(
            ids(request(List.of("main")).setAfter(Timestamp.newBuilder().setSeconds(1769904001))))
        .containsExactlyInAnyOrderElementsOf(
            git.run("rev-list", "--after=1769904001", "main").lines().toList());
    assertThat(ids(request(List.of("main~1", "side")).setDisableWalk(true)))
        .containsExactly(git.run("rev-parse", "main~1"), git.run("rev-parse", "side"));
  }

  @Test
  void listsCommitsInPages() {
    List<String> all = ids(request(List.of("main")));

    List<String> first =
        ids(
            request(List.of("main"))
                .setPaginationParams(PaginationParameter.newBuilder().setLimit(2)));
    List<String> second =
        ids(
            request(List.of("main"))
                .setPaginationParams(
                    PaginationParameter.newBuilder().setPageToken(first.getLast()).setLimit(2)));

    assertThat(first).isEqualTo(all.subList(0, 2));
    assertThat(second).isEqualTo(all.subList(2, 4));
  }

  @Test
  void refusesRevisionsThatDoNotExist() {
    assertThat(failure(() -> ids(request(List.of("nowhere")))))
        .isEqualTo("NOT_FOUND: revision not found: nowhere");
    assertThat(failure(() -> ids(request(List.of("--exec=x"))))).startsWith("INVALID_ARGUMENT");
    assertThat(failure(() -> ids(request(List.of())))).startsWith("INVALID_ARGUMENT");
    assertThat(failure(() -> ids(request(List.of("main")).setAuthor(copyFromUtf8("(")))))
        .startsWith("INVALID_ARGUMENT: invalid regular expression");
  }

  @Test
  void givesBlobsByTheirIds() {
    String id = git.run("rev-parse", "main:a");

    assertThat(blob(id, -1))
        .satisfies(answers -> {
          assertThat(answers).hasSize(1);
          assertThat(answers.getFirst().getOid()).isEqualTo(id);
          assertThat(answers.getFirst().getSize()).isEqualTo(1);
          assertThat(answers.getFirst().getData().toStringUtf8()).isEqualTo("2");
        });
    assertThat(blob(id, 0).getFirst().getData()).isEmpty();
    assertThat(blob(id, 0).getFirst().getSize()).isEqualTo(1);
    for (String other : List.of("1".repeat(40), git.run("rev-parse", "main"), "nonsense")) {
      assertThat(blob(other, -1)).containsExactly(GetBlobResponse.getDefaultInstance());
    }
    assertThat(failure(() -> blob("", -1))).isEqualTo("INVALID_ARGUMENT: empty Oid");
  }

  @Test
  void givesBlobsByTheirPaths() {
    var request =
        GetBlobsRequest.newBuilder().setRepository(TestGitaly.named(REPOSITORY)).setLimit(-1);
    for (String path : List.of("a", "d", "missing")) {
      request.addRevisionPaths(
          GetBlobsRequest.RevisionPath.newBuilder()
              .setRevision("main")
              .setPath(copyFromUtf8(path)));
    }

    var answers = new ArrayList<GetBlobsResponse>();
    gitaly.blobs().getBlobs(request.build()).forEachRemaining(answers::add);

    assertThat(answers)
        .extracting(GetBlobsResponse::getType)
        .containsExactly(ObjectType.BLOB, ObjectType.TREE, ObjectType.UNKNOWN);
    assertThat(answers)
        .extracting(GetBlobsResponse::getPath)
        .containsExactly(copyFromUtf8("a"), copyFromUtf8("d"), copyFromUtf8("missing"));
    assertThat(answers.get(0).getData()).isEqualTo(copyFromUtf8("2"));
    assertThat(answers.get(2).getOid()).isEmpty();
    assertThat(answers.get(1).getData()).isEqualTo(ByteString.EMPTY);
  }

  private static GitCommit find(String revision, boolean trailers) {
    return gitaly
        .commits()
        .findCommit(
            FindCommitRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .setRevision(copyFromUtf8(revision))
                .setTrailers(trailers)
                .build())
        .getCommit();
  }

  private static boolean isAncestor(String ancestor, String child) {
    return gitaly
        .commits()
        .commitIsAncestor(
            CommitIsAncestorRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .setAncestorId(ancestor)
                .setChildId(child)
                .build())
        .getValue();
  }

  private static String last(String path) {
    return gitaly
        .commits()
        .lastCommitForPath(
            LastCommitForPathRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .setRevision(copyFromUtf8("main"))
                .setPath(copyFromUtf8(path))
                .build())
        .getCommit()
        .getId();
  }

  private static ListCommitsRequest.Builder request(List<String> revisions) {
    return ListCommitsRequest.newBuilder()
        .setRepository(TestGitaly.named(REPOSITORY))
        .addAllRevisions(revisions);
  }

  private static List<String> ids(ListCommitsRequest.Builder request) {
    var ids = new ArrayList<String>();
    gitaly
        .commits()
        .listCommits(request.build())
        .forEachRemaining(
            answer -> answer.getCommitsList().forEach(commit -> ids.add(commit.getId())));
    return ids;
  }

  private static List<GetBlobResponse> blob(String id, long limit) {
    var answers = new ArrayList<GetBlobResponse>();
    gitaly
        .blobs()
        .getBlob(
            GetBlobRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .setOid(id)
                .setLimit(limit)
                .build())
        .forEachRemaining(answers::add);
    return answers;
  }

  private static String failure(Runnable call) {
    try {
      call.run();
      return "OK";
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
  }
}
