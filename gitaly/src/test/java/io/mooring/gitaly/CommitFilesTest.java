package io.mooring.gitaly;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.mooring.testkit.git.GitCommand;
import io.mooring.wire.gitaly.IndexError;
import io.mooring.wire.gitaly.OperationBranchUpdate;
import io.mooring.wire.gitaly.User;
import io.mooring.wire.gitaly.UserCommitFilesAction;
import io.mooring.wire.gitaly.UserCommitFilesActionHeader;
import io.mooring.wire.gitaly.UserCommitFilesActionHeader.ActionType;
import io.mooring.wire.gitaly.UserCommitFilesError;
import io.mooring.wire.gitaly.UserCommitFilesRequest;
import io.mooring.wire.gitaly.UserCommitFilesRequestHeader;
import io.mooring.wire.gitaly.UserCommitFilesResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * UserCommitFiles: what a web editor needs (gitlab-side.md 8.7), with git as the judge of what came
 * out.
 */
class CommitFilesTest {
  private static final String REPOSITORY = "project.git";

  @TempDir Path directory;

  private FakeGitLab gitlab;
  private TestGitaly gitaly;
  private GitCommand bare;

  @BeforeEach
  void start() throws IOException {
    gitlab = FakeGitLab.start();
    Path secret = directory.resolve("secret");
    Files.writeString(secret, "0123456789abcdef0123456789abcdef");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    gitaly = TestGitaly.start(directory, settings -> settings.withGitLab(gitlab.url(), secret));
    bare = gitaly.bare(REPOSITORY);
  }

  @AfterEach
  void stop() {
    gitaly.close();
    gitlab.close();
  }

  @Test
  void makesTheFirstCommitOfARepository() {
    OperationBranchUpdate update =
        commit(
            header("main"),
            action(ActionType.CREATE, ".gitlab/agents/a/config.yaml"),
            content("ob"),
            content("servability: {}\n"));

    assertThat(update.getRepoCreated()).isTrue();
    assertThat(update.getBranchCreated()).isTrue();
    assertThat(bare.run("rev-parse", "main")).isEqualTo(update.getCommitId());
    assertThat(bare.run("show", "main:.gitlab/agents/a/config.yaml"))
        .isEqualTo("observability: {}");
    assertThat(bare.run("log", "-1", "--format=%an <%ae> %ai|%cn|%s", "main"))
        .isEqualTo("Ann Author <ann@example.com> 2026-01-02 04:04:05 +0100|Ann Author|edit");
    assertThat(bare.run("fsck", "--full", "--strict"))
        .doesNotContain("error")
        .doesNotContain("missing");
    assertThat(gitlab.paths()).containsExactly("allowed", "pre_receive", "post_receive");
    assertThat(gitlab.calls("allowed").getFirst().body().get("protocol").getAsString())
        .isEqualTo("web");
  }

  @Test
  void changesMovesAndDeletesFilesAndKeepsTheRest() {
    commit(
        header("main"),
        action(ActionType.CREATE, "a/one"),
        content("1"),
        action(ActionType.CREATE, "a/two"),
        content("2"),
        action(ActionType.CREATE, "b"),
        content("3"),
        action(ActionType.CREATE, "a.x"),
        content("4"));

    OperationBranchUpdate update =
        commit(
            header("main"),
            action(ActionType.UPDATE, "a/one"),
            content("changed"),
            action(
                UserCommitFilesActionHeader.newBuilder()
                    .setAction(ActionType.MOVE)
                    .setFilePath(copyFromUtf8("c/d/b"))
                    .setPreviousPath(copyFromUtf8("b"))
                    .setInferContent(true)),
            action(ActionType.DELETE, "a/two"),
            action(ActionType.CREATE_DIR, "empty"),
            action(
                UserCommitFilesActionHeader.newBuilder()
                    .setAction(ActionType.CHMOD)
                    .setFilePath(copyFromUtf8("a.x"))
                    .setExecuteFilemode(true)),
            action(
                UserCommitFilesActionHeader.newBuilder()
                    .setAction(ActionType.CREATE)
                    .setFilePath(copyFromUtf8("bin"))
                    .setBase64Content(true)),
            content("AAEC"));

    assertThat(update.getBranchCreated()).isFalse();
    assertThat(bare.run("ls-tree", "-r", "--format=%(objectmode) %(path)", "main").lines())
        .containsExactly(
            "100755 a.x", "100644 a/one", "100644 bin", "100644 c/d/b", "100644 empty/.gitkeep");
    assertThat(bare.run("show", "main:a/one")).isEqualTo("changed");
    assertThat(bare.run("show", "main:c/d/b")).isEqualTo("3");
    assertThat(bare.run("cat-file", "-s", "main:bin")).isEqualTo("3");
    assertThat(bare.run("rev-list", "--count", "main")).isEqualTo("2");
    assertThat(bare.run("fsck", "--full", "--strict"))
        .doesNotContain("error")
        .doesNotContain("missing");
  }

  @Test
  void beginsABranchWhereAnotherOneIs() {
    String first =
        commit(header("main"), action(ActionType.CREATE, "a"), content("1")).getCommitId();

    OperationBranchUpdate update =
        commit(
            header("topic").setStartBranchName(copyFromUtf8("main")),
            action(ActionType.UPDATE, "a"),
            content("2"));

    assertThat(update.getBranchCreated()).isTrue();
    assertThat(update.getRepoCreated()).isFalse();
    assertThat(bare.run("rev-parse", "topic~1")).isEqualTo(first);
  }

  @Test
  void saysWhatDoesNotFitTheFiles() {
    commit(header("main"), action(ActionType.CREATE, "a/b"), content("1"));

    assertRefused(
        Status.Code.ALREADY_EXISTS,
        IndexError.ErrorType.ERROR_TYPE_FILE_EXISTS,
        action(ActionType.CREATE, "a/b"));
    assertRefused(
        Status.Code.ALREADY_EXISTS,
        IndexError.ErrorType.ERROR_TYPE_FILE_EXISTS,
        action(ActionType.CREATE, "a"));
    assertRefused(
        Status.Code.ALREADY_EXISTS,
        IndexError.ErrorType.ERROR_TYPE_FILE_EXISTS,
        action(ActionType.CREATE, "a/b/c"));
    assertRefused(
        Status.Code.ALREADY_EXISTS,
        IndexError.ErrorType.ERROR_TYPE_DIRECTORY_EXISTS,
        action(ActionType.CREATE_DIR, "a"));
    assertRefused(
        Status.Code.NOT_FOUND,
        IndexError.ErrorType.ERROR_TYPE_FILE_NOT_FOUND,
        action(ActionType.UPDATE, "x"));
    assertRefused(
        Status.Code.NOT_FOUND,
        IndexError.ErrorType.ERROR_TYPE_FILE_NOT_FOUND,
        action(ActionType.DELETE, "a"));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        IndexError.ErrorType.ERROR_TYPE_EMPTY_PATH,
        action(ActionType.CREATE, ""));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        IndexError.ErrorType.ERROR_TYPE_DIRECTORY_TRAVERSAL,
        action(ActionType.CREATE, "a/../../x"));
    for (String path : List.of("/a", "a//b", "./a", ".git/config", "a/.GIT/x", "a\0b")) {
      assertRefused(
          Status.Code.INVALID_ARGUMENT,
          IndexError.ErrorType.ERROR_TYPE_INVALID_PATH,
          action(ActionType.CREATE, path));
    }
    assertThat(bare.run("rev-list", "--count", "main")).isEqualTo("1");
  }

  @Test
  void leavesTheBranchAloneWhenItMovedMeanwhile() {
    String first =
        commit(header("main"), action(ActionType.CREATE, "a"), content("1")).getCommitId();
    commit(header("main"), action(ActionType.UPDATE, "a"), content("2"));

    assertThat(
            failure(header("main").setExpectedOldOid(first), action(ActionType.UPDATE, "a"))
                .getCode())
        .isEqualTo(Status.Code.ABORTED);
    assertThat(failure(header("main").setStartSha(first), action(ActionType.UPDATE, "a")).getCode())
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
    commit(
        header("main").setStartSha(first).setForce(true),
        action(ActionType.UPDATE, "a"),
        content("3"));
    assertThat(bare.run("rev-parse", "main~1")).isEqualTo(first);
  }

  @Test
  void saysThatGitLabDoesNotAllowIt() {
    gitlab.answer("allowed", 403, "{\"status\":false,\"message\":\"protected branch\"}");

    Status refused = failure(header("main"), action(ActionType.CREATE, "a"));

    assertThat(refused.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(refused.getDescription()).isEqualTo("GitLab: protected branch");
    assertThat(bare.run("for-each-ref")).isEmpty();
    assertThat(bare.run("count-objects")).startsWith("0 objects");
  }

  private void assertRefused(
      Status.Code code, IndexError.ErrorType type, UserCommitFilesRequest action) {
    CompletionException failure =
        org.assertj.core.api.Assertions.catchThrowableOfType(
            CompletionException.class, () -> send(header("main"), action).join());
    var status =
        Objects.requireNonNull(
            StatusProto.fromThrowable(Objects.requireNonNull(failure.getCause())));
    assertThat(Status.fromCodeValue(status.getCode()).getCode()).isEqualTo(code);
    try {
      assertThat(
              status
                  .getDetails(0)
                  .unpack(UserCommitFilesError.class)
                  .getIndexUpdate()
                  .getErrorType())
          .isEqualTo(type);
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private Status failure(
      UserCommitFilesRequestHeader.Builder header, UserCommitFilesRequest... actions) {
    CompletionException failure =
        org.assertj.core.api.Assertions.catchThrowableOfType(
            CompletionException.class, () -> send(header, actions).join());
    return Status.fromThrowable(Objects.requireNonNull(failure.getCause()));
  }

  private OperationBranchUpdate commit(
      UserCommitFilesRequestHeader.Builder header, UserCommitFilesRequest... actions) {
    return send(header, actions).orTimeout(30, TimeUnit.SECONDS).join().getBranchUpdate();
  }

  private CompletableFuture<UserCommitFilesResponse> send(
      UserCommitFilesRequestHeader.Builder header, UserCommitFilesRequest... actions) {
    var answer = new CompletableFuture<UserCommitFilesResponse>();
    var answers = new ArrayList<UserCommitFilesResponse>();
    StreamObserver<UserCommitFilesRequest> requests =
        gitaly
            .operations()
            .userCommitFiles(
                new StreamObserver<>() {
                  @Override
                  public void onNext(UserCommitFilesResponse value) {
                    answers.add(value);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    answer.complete(answers.getFirst());
                  }
                });
    requests.onNext(UserCommitFilesRequest.newBuilder().setHeader(header).build());
    for (UserCommitFilesRequest action : actions) {
      requests.onNext(action);
    }
    requests.onCompleted();
    return answer;
  }

  private static UserCommitFilesRequestHeader.Builder header(String branch) {
    return UserCommitFilesRequestHeader.newBuilder()
        .setRepository(TestGitaly.named(REPOSITORY))
        .setUser(
            User.newBuilder()
                .setGlId("user-7")
                .setGlUsername("ann")
                .setName(copyFromUtf8("Ann <Author>"))
                .setEmail(copyFromUtf8("ann@example.com"))
                .setTimezone("Europe/Berlin"))
        .setTimestamp(Timestamp.newBuilder().setSeconds(1767323045))
        .setBranchName(copyFromUtf8(branch))
        .setCommitMessage(copyFromUtf8("edit"));
  }

  private static UserCommitFilesRequest action(ActionType type, String path) {
    return action(
        UserCommitFilesActionHeader.newBuilder().setAction(type).setFilePath(copyFromUtf8(path)));
  }

  private static UserCommitFilesRequest action(UserCommitFilesActionHeader.Builder header) {
    return UserCommitFilesRequest.newBuilder()
        .setAction(UserCommitFilesAction.newBuilder().setHeader(header))
        .build();
  }

  private static UserCommitFilesRequest content(String text) {
    return UserCommitFilesRequest.newBuilder()
        .setAction(UserCommitFilesAction.newBuilder().setContent(copyFromUtf8(text)))
        .build();
  }
}
