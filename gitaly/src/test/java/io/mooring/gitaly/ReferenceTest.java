package io.mooring.gitaly;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.mooring.testkit.git.GitCommand;
import io.mooring.wire.gitaly.FindBranchRequest;
import io.mooring.wire.gitaly.FindBranchResponse;
import io.mooring.wire.gitaly.FindDefaultBranchNameRequest;
import io.mooring.wire.gitaly.FindLocalBranchesRequest;
import io.mooring.wire.gitaly.ListRefsRequest;
import io.mooring.wire.gitaly.ListRefsResponse;
import io.mooring.wire.gitaly.PaginationParameter;
import io.mooring.wire.gitaly.RefExistsRequest;
import io.mooring.wire.gitaly.RefServiceGrpc;
import io.mooring.wire.gitaly.SortDirection;
import io.mooring.wire.gitaly.UpdateReferencesRequest;
import io.mooring.wire.gitaly.UpdateReferencesRequest.Update;
import io.mooring.wire.gitaly.UpdateReferencesResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RefService (gitlab-side.md 8.7), with the real git as the judge. */
class ReferenceTest {
  private static final String REPOSITORY = "refs.git";
  private static final String ZERO = "0".repeat(40);

  @TempDir Path directory;

  private TestGitaly gitaly;
  private GitCommand bare;
  private String first = "";
  private String second = "";

  @BeforeEach
  void start() {
    gitaly = TestGitaly.start(directory);
    bare = gitaly.bare(REPOSITORY);
    GitCommand work = gitaly.workingCopy(directory.resolve("work"), REPOSITORY);
    first = work.commit("first");
    second = work.withVariable("GIT_COMMITTER_DATE", "2026-03-01T00:00:00Z").commit("second");
    work.run("tag", "--annotate", "--message", "one", "v1", first);
    work.run(
        "push",
        "--quiet",
        "origin",
        first + ":refs/heads/old",
        second + ":refs/heads/feature/x",
        "v1");
  }

  @AfterEach
  void stop() {
    gitaly.close();
  }

  @Test
  void findsTheDefaultBranchWhereHeadIsUnborn() {
    assertThat(defaultBranch(false)).isEqualTo("refs/heads/feature/x");
    assertThat(defaultBranch(true)).isEqualTo("refs/heads/main");
    bare.run("update-ref", "refs/heads/master", first);
    assertThat(defaultBranch(false)).isEqualTo("refs/heads/master");
    bare.run("update-ref", "refs/heads/main", first);
    assertThat(defaultBranch(false)).isEqualTo("refs/heads/main");
    bare.run("symbolic-ref", "HEAD", "refs/heads/old");
    assertThat(defaultBranch(false)).isEqualTo("refs/heads/old");
  }

  @Test
  void saysThatAnEmptyRepositoryHasNoDefaultBranch() {
    for (String ref : bare.run("for-each-ref", "--format=%(refname)").lines().toList()) {
      bare.run("update-ref", "-d", ref);
    }

    assertThat(defaultBranch(false)).isEmpty();
  }

  @Test
  void listsReferencesAsForEachRefDoes() {
    bare.run("symbolic-ref", "refs/heads/alias", "refs/heads/old");
    for (List<String> patterns :
        List.of(
            List.of("refs/heads"),
            List.of("refs/heads/"),
            List.of("refs/heads/feature"),
            List.of("refs/heads/old"),
            List.of("refs/heads/ol"),
            List.of("refs/*/v1"),
            List.of("refs/heads/*"),
            List.of("refs/tags/", "refs/heads/o*"),
            List.of("refs/"))) {
      List<String> expected =
          bare.command("for-each-ref", "--format=%(refname) %(objectname)%(symref)")
              .with(patterns)
              .output()
              .lines()
              .filter(line -> !line.contains("alias"))
              .toList();

      assertThat(shown(list(ListRefsRequest.newBuilder(), patterns)))
          .as(patterns.toString())
          .isEqualTo(expected);
    }
  }

  @Test
  void listsHeadFirstAndWhatTagsStandFor() {
    bare.run("symbolic-ref", "HEAD", "refs/heads/old");

    List<ListRefsResponse.Reference> refs =
        list(ListRefsRequest.newBuilder().setHead(true).setPeelTags(true), List.of("refs/tags/"));

    assertThat(shown(refs))
        .containsExactly("HEAD " + first, "refs/tags/v1 " + bare.run("rev-parse", "v1"));
    assertThat(refs.get(1).getPeeledTarget()).isEqualTo(first);
    assertThat(
            shown(
                list(
                    ListRefsRequest.newBuilder().addPointingAtOids(copyFromUtf8(first)),
                    List.of("refs/"))))
        .containsExactly("refs/heads/old " + first, "refs/tags/v1 " + bare.run("rev-parse", "v1"));
    var byDate =
        ListRefsRequest.SortBy.newBuilder()
            .setKey(ListRefsRequest.SortBy.Key.COMMITTERDATE)
            .setDirection(SortDirection.DESCENDING);
    assertThat(shown(list(ListRefsRequest.newBuilder().setSortBy(byDate), List.of("refs/heads/"))))
        .containsExactly("refs/heads/feature/x " + second, "refs/heads/old " + first);
    assertThat(failure(() -> list(ListRefsRequest.newBuilder(), List.of())))
        .startsWith("INVALID_ARGUMENT: patterns");
  }

  @Test
  void tellsWhetherAReferenceIsThere() {
    assertThat(exists("refs/heads/old")).isTrue();
    assertThat(exists("refs/heads/gone")).isFalse();
    for (String name : List.of("heads/old", "HEAD", "", "refs/heads/a..b", "refs/../x")) {
      assertThat(failure(() -> exists(name))).isEqualTo("INVALID_ARGUMENT: invalid refname");
    }
  }

  @Test
  void findsBranchesByShortAndFullNames() {
    for (String name : List.of("feature/x", "refs/heads/feature/x")) {
      FindBranchResponse found = branch(name);
      assertThat(found.getBranch().getName().toStringUtf8()).isEqualTo("feature/x");
      assertThat(found.getBranch().getTargetCommit().getId()).isEqualTo(second);
    }
    assertThat(branch("gone").hasBranch()).isFalse();
    assertThat(failure(() -> branch(""))).startsWith("INVALID_ARGUMENT");
  }

  @Test
  void listsBranchesByNameByTimeAndInPages() {
    assertThat(branches(FindLocalBranchesRequest.newBuilder()))
        .containsExactly("refs/heads/feature/x", "refs/heads/old");
    assertThat(
            branches(
                FindLocalBranchesRequest.newBuilder()
                    .setSortBy(FindLocalBranchesRequest.SortBy.UPDATED_ASC)))
        .containsExactly("refs/heads/old", "refs/heads/feature/x");
    assertThat(
            branches(
                FindLocalBranchesRequest.newBuilder()
                    .setPaginationParams(PaginationParameter.newBuilder().setLimit(1))))
        .containsExactly("refs/heads/feature/x");
    assertThat(
            branches(
                FindLocalBranchesRequest.newBuilder()
                    .setPaginationParams(
                        PaginationParameter.newBuilder()
                            .setPageToken("refs/heads/feature/x")
                            .setLimit(9))))
        .containsExactly("refs/heads/old");
  }

  @Test
  void makesAllChangesOrNone() {
    assertThat(
            update(
                change("refs/heads/new", ZERO, second),
                change("refs/heads/old", first, second),
                change("refs/heads/feature/x", second, ZERO)))
        .isEqualTo("OK");
    assertThat(bare.run("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads").lines())
        .containsExactly("refs/heads/new " + second, "refs/heads/old " + second);

    assertThat(
            update(change("refs/heads/other", ZERO, first), change("refs/heads/old", first, first)))
        .startsWith("ABORTED");
    assertThat(
            update(
                change("refs/heads/other", ZERO, first),
                change("refs/heads/old", "", "1".repeat(40))))
        .startsWith("FAILED_PRECONDITION");
    assertThat(
            update(change("refs/heads/other", ZERO, first), change("refs/heads/a..b", "", first)))
        .startsWith("INVALID_ARGUMENT: invalid reference format");
    assertThat(update(change("refs/heads/other", "short", first))).startsWith("INVALID_ARGUMENT");
    assertThat(update()).startsWith("INVALID_ARGUMENT: no updates");
    assertThat(bare.run("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads").lines())
        .containsExactly("refs/heads/new " + second, "refs/heads/old " + second);
    assertThat(update(change("refs/heads/old", "", first))).isEqualTo("OK");
    assertThat(bare.run("rev-parse", "refs/heads/old")).isEqualTo(first);
  }

  private String defaultBranch(boolean headOnly) {
    return gitaly
        .references()
        .findDefaultBranchName(
            FindDefaultBranchNameRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .setHeadOnly(headOnly)
                .build())
        .getName()
        .toStringUtf8();
  }

  private List<ListRefsResponse.Reference> list(
      ListRefsRequest.Builder request, List<String> patterns) {
    patterns.forEach(pattern -> request.addPatterns(copyFromUtf8(pattern)));
    var refs = new ArrayList<ListRefsResponse.Reference>();
    gitaly
        .references()
        .listRefs(request.setRepository(TestGitaly.named(REPOSITORY)).build())
        .forEachRemaining(answer -> refs.addAll(answer.getReferencesList()));
    return refs;
  }

  private static List<String> shown(List<ListRefsResponse.Reference> refs) {
    return refs.stream().map(ref -> ref.getName().toStringUtf8() + " " + ref.getTarget()).toList();
  }

  private boolean exists(String name) {
    return gitaly
        .references()
        .refExists(
            RefExistsRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .setRef(copyFromUtf8(name))
                .build())
        .getValue();
  }

  private FindBranchResponse branch(String name) {
    return gitaly
        .references()
        .findBranch(
            FindBranchRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .setName(copyFromUtf8(name))
                .build());
  }

  private List<String> branches(FindLocalBranchesRequest.Builder request) {
    var names = new ArrayList<String>();
    gitaly
        .references()
        .findLocalBranches(request.setRepository(TestGitaly.named(REPOSITORY)).build())
        .forEachRemaining(answer ->
            answer
                .getLocalBranchesList()
                .forEach(branch -> names.add(branch.getName().toStringUtf8())));
    return names;
  }

  private static Update change(String name, String before, String after) {
    return Update.newBuilder()
        .setReference(copyFromUtf8(name))
        .setOldObjectId(before.isEmpty() ? ByteString.EMPTY : copyFromUtf8(before))
        .setNewObjectId(copyFromUtf8(after))
        .build();
  }

  private String update(Update... updates) {
    var outcome = new CompletableFuture<String>();
    StreamObserver<UpdateReferencesRequest> requests =
        RefServiceGrpc.newStub(gitaly.channel())
            .updateReferences(
                new StreamObserver<>() {
                  @Override
                  public void onNext(UpdateReferencesResponse answer) {}

                  @Override
                  public void onError(Throwable failure) {
                    Status status = Status.fromThrowable(failure);
                    outcome.complete(status.getCode() + ": " + status.getDescription());
                  }

                  @Override
                  public void onCompleted() {
                    outcome.complete("OK");
                  }
                });
    requests.onNext(
        UpdateReferencesRequest.newBuilder().setRepository(TestGitaly.named(REPOSITORY)).build());
    for (Update update : updates) {
      requests.onNext(UpdateReferencesRequest.newBuilder().addUpdates(update).build());
    }
    requests.onCompleted();
    return outcome.orTimeout(30, TimeUnit.SECONDS).join();
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
