package io.mooring.gitaly;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.mooring.testkit.git.GitCommand;
import io.mooring.wire.gitaly.CreateRepositoryRequest;
import io.mooring.wire.gitaly.DiskStatisticsRequest;
import io.mooring.wire.gitaly.FindCommitRequest;
import io.mooring.wire.gitaly.FindDefaultBranchNameRequest;
import io.mooring.wire.gitaly.HasLocalBranchesRequest;
import io.mooring.wire.gitaly.ObjectFormat;
import io.mooring.wire.gitaly.ObjectFormatRequest;
import io.mooring.wire.gitaly.ReadinessCheckRequest;
import io.mooring.wire.gitaly.RemoveRepositoryRequest;
import io.mooring.wire.gitaly.Repository;
import io.mooring.wire.gitaly.RepositoryExistsRequest;
import io.mooring.wire.gitaly.RepositorySizeRequest;
import io.mooring.wire.gitaly.ServerInfoRequest;
import io.mooring.wire.gitaly.WriteRefRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories as a whole, and where they may lie (gitlab-side.md 8.1, 8.7). */
class RepositoryTest {
  private static final String REPOSITORY = "group/project.git";

  @TempDir Path directory;

  private TestGitaly gitaly;

  @BeforeEach
  void start() {
    gitaly = TestGitaly.start(directory);
  }

  @AfterEach
  void stop() {
    gitaly.close();
  }

  @Test
  void makesARepositoryThatGitTakesForOne() {
    assertThat(create(REPOSITORY, "trunk")).isEqualTo("OK");

    GitCommand git = GitCommand.in(gitaly.storage().resolve(REPOSITORY));
    assertThat(git.run("rev-parse", "--is-bare-repository")).isEqualTo("true");
    assertThat(git.run("symbolic-ref", "HEAD")).isEqualTo("refs/heads/trunk");
    assertThat(git.run("fsck")).doesNotContain("error");
    assertThat(exists(REPOSITORY)).isTrue();
    assertThat(hasBranches()).isFalse();
    assertThat(
            gitaly
                .repositories()
                .objectFormat(
                    ObjectFormatRequest.newBuilder()
                        .setRepository(TestGitaly.named(REPOSITORY))
                        .build())
                .getFormat())
        .isEqualTo(ObjectFormat.OBJECT_FORMAT_SHA1);
  }

  @Test
  void makesARepositoryOnceEvenWhenManyAsk() throws InterruptedException, ExecutionException {
    var outcomes = new ArrayList<Future<String>>();
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        outcomes.add(callers.submit(() -> create(REPOSITORY, "")));
      }
    }

    var texts = new ArrayList<String>();
    for (Future<String> outcome : outcomes) {
      texts.add(outcome.get());
    }
    assertThat(texts).filteredOn("OK"::equals).hasSize(1);
    assertThat(texts)
        .filteredOn(text -> !text.equals("OK"))
        .containsOnly("ALREADY_EXISTS: repository exists already");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void refusesABranchThatCannotBeAndAFormatItDoesNotHave() {
    assertThat(create(REPOSITORY, "a..b")).startsWith("INVALID_ARGUMENT: invalid default branch");
    var sha256 =
        CreateRepositoryRequest.newBuilder()
            .setRepository(TestGitaly.named(REPOSITORY))
            .setObjectFormat(ObjectFormat.OBJECT_FORMAT_SHA256)
            .build();
    assertThat(outcome(() -> gitaly.repositories().createRepository(sha256)))
        .startsWith("UNIMPLEMENTED");
    assertThat(gitaly.storage().resolve(REPOSITORY)).doesNotExist();
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void removesARepositoryAndOnlyARepository() throws IOException {
    create(REPOSITORY, "");
    assertThat(remove("group"))
        .isEqualTo("FAILED_PRECONDITION: repository not valid: \"objects\" does not exist");
    assertThat(remove(REPOSITORY)).isEqualTo("OK");

    assertThat(exists(REPOSITORY)).isFalse();
    assertThat(gitaly.storage().resolve("group")).isEmptyDirectory();
    assertThat(remove(REPOSITORY)).isEqualTo("NOT_FOUND: repository does not exist");
    assertThat(leftovers()).isEmpty();
    assertThat(create(REPOSITORY, "")).isEqualTo("OK");
  }

  @Test
  void seesThatAnotherRepositoryWasPutInThePlaceOfOne() throws IOException {
    GitCommand bare = gitaly.bare(REPOSITORY);
    GitCommand work = gitaly.workingCopy(directory.resolve("work"), REPOSITORY);
    String commit = work.commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");
    assertThat(found(commit)).isTrue();

    Files.move(bare.directory(), directory.resolve("elsewhere"));
    gitaly.bare(REPOSITORY);

    assertThat(found(commit)).isFalse();
  }

  @Test
  void tellsItsSizeAndItsBranches() {
    gitaly.bare(REPOSITORY);
    GitCommand work = gitaly.workingCopy(directory.resolve("work"), REPOSITORY);
    long before = size();
    // Not to be compressed away: numbers that follow no short pattern.
    work.write(
        "noise",
        new java.util.Random(7).ints(2000).mapToObj(Integer::toString).collect(joining(" ")));
    work.commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");

    assertThat(size()).isGreaterThan(before);
    assertThat(hasBranches()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|''|INVALID_ARGUMENT: repository not set",
        "default|''|INVALID_ARGUMENT: repository path not set",
        "''|a.git|INVALID_ARGUMENT: storage name not set",
        "other|a.git|INVALID_ARGUMENT: storage name not found",
        "default|../a.git|INVALID_ARGUMENT: relative path escapes root directory",
        "default|a/../../storage/a.git|INVALID_ARGUMENT: relative path escapes root directory",
        "default|..|INVALID_ARGUMENT: relative path escapes root directory",
        "default|.|INVALID_ARGUMENT: relative path escapes root directory",
        "default|/|INVALID_ARGUMENT: relative path escapes root directory",
        "default|+gitaly/x.git|INVALID_ARGUMENT: relative path collides with the server's own folder +gitaly",
        "default|missing.git|NOT_FOUND: repository not found",
        "default|/etc|NOT_FOUND: repository not found"
      })
  @Tag("fault-49")
  void refusesAddressesThatNameNoRepository(String storage, String path, String expected) {
    var named = Repository.newBuilder().setStorageName(storage).setRelativePath(path).build();

    assertThat(
            outcome(() ->
                gitaly
                    .commits()
                    .findCommit(
                        FindCommitRequest.newBuilder()
                            .setRepository(named)
                            .setRevision(copyFromUtf8("HEAD"))
                            .build())))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"objects", "refs", "HEAD"})
  void refusesAFolderThatIsNoRepository(String part) throws IOException {
    Path bare = gitaly.bare(REPOSITORY).directory();
    Files.move(bare.resolve(part), directory.resolve("moved"));

    assertThat(outcome(this::size))
        .isEqualTo("FAILED_PRECONDITION: repository not valid: \"" + part + "\" does not exist");
    assertThat(exists(REPOSITORY)).isFalse();
    assertThat(remove(REPOSITORY)).isEqualTo("OK");
  }

  @Test
  @Tag("fault-49")
  void followsNoLinkOutOfTheStorage() throws IOException {
    Path outside = GitCommand.initBare(directory.resolve("outside.git")).directory();
    Files.createSymbolicLink(gitaly.storage().resolve("link.git"), outside);
    Files.createSymbolicLink(gitaly.storage().resolve("folder"), directory);
    Files.createSymbolicLink(
        gitaly.storage().resolve("loop.git"), gitaly.storage().resolve("loop.git"));
    Files.createSymbolicLink(gitaly.storage().resolve("nowhere.git"), directory.resolve("nowhere"));

    for (String path :
        new String[] {
          "link.git", "folder/outside.git", "folder/new.git", "loop.git", "nowhere.git"
        }) {
      assertThat(
              outcome(() ->
                  gitaly
                      .repositories()
                      .repositorySize(
                          RepositorySizeRequest.newBuilder()
                              .setRepository(TestGitaly.named(path))
                              .build())))
          .as(path)
          .isEqualTo("INVALID_ARGUMENT: relative path escapes root directory");
      assertThat(create(path, "")).as(path).startsWith("INVALID_ARGUMENT");
      assertThat(remove(path)).as(path).startsWith("INVALID_ARGUMENT");
    }
    assertThat(outside.resolve("HEAD")).exists();
    gitaly.bare("inside.git");
    Files.createSymbolicLink(
        gitaly.storage().resolve("alias.git"), gitaly.storage().resolve("inside.git"));
    assertThat(exists("alias.git")).isTrue();
  }

  @Test
  void pointsHeadAndReferencesElsewhere() {
    GitCommand bare = gitaly.bare(REPOSITORY);
    GitCommand work = gitaly.workingCopy(directory.resolve("work"), REPOSITORY);
    String first = work.commit("first");
    String second = work.commit("second");
    work.run("push", "--quiet", "origin", "HEAD:main", "HEAD:refs/heads/next");

    assertThat(write("HEAD", "refs/heads/next", "")).isEqualTo("OK");
    assertThat(write("HEAD", "next", "")).startsWith("INVALID_ARGUMENT");
    assertThat(bare.run("symbolic-ref", "HEAD")).isEqualTo("refs/heads/next");
    assertThat(
            gitaly
                .references()
                .findDefaultBranchName(
                    FindDefaultBranchNameRequest.newBuilder()
                        .setRepository(TestGitaly.named(REPOSITORY))
                        .build())
                .getName())
        .isEqualTo(copyFromUtf8("refs/heads/next"));

    assertThat(write("refs/heads/main", first, first)).startsWith("ABORTED");
    assertThat(write("refs/heads/main", first, second)).isEqualTo("OK");
    assertThat(bare.run("rev-parse", "refs/heads/main")).isEqualTo(first);
    assertThat(write("refs/heads/new", "main", "0".repeat(40))).isEqualTo("OK");
    assertThat(write("refs/heads/new", "0".repeat(40), "")).isEqualTo("OK");
    assertThat(bare.run("for-each-ref", "--format=%(refname)").lines())
        .containsExactly("refs/heads/main", "refs/heads/next");
    assertThat(write("main", first, "")).startsWith("INVALID_ARGUMENT: invalid ref");
    assertThat(write("refs/heads/main", "nowhere", "")).startsWith("NOT_FOUND");
  }

  @Test
  void tellsOfItselfAndItsDisk() {
    var info = gitaly.host().serverInfo(ServerInfoRequest.getDefaultInstance());
    var disk = gitaly.host().diskStatistics(DiskStatisticsRequest.getDefaultInstance());

    assertThat(info.getServerVersion()).isNotEmpty();
    assertThat(info.getGitVersion()).startsWith("JGit");
    assertThat(info.getStorageStatuses(0).getStorageName()).isEqualTo("default");
    assertThat(info.getStorageStatuses(0).getReadable()).isTrue();
    assertThat(info.getStorageStatuses(0).getWriteable()).isTrue();
    assertThat(info.getStorageStatuses(0).getReplicationFactor()).isEqualTo(1);
    assertThat(disk.getStorageStatuses(0).getAvailable()).isPositive();
    assertThat(
            gitaly
                .host()
                .readinessCheck(ReadinessCheckRequest.getDefaultInstance())
                .hasOkResponse())
        .isTrue();
  }

  private String create(String path, String branch) {
    var request =
        CreateRepositoryRequest.newBuilder()
            .setRepository(TestGitaly.named(path))
            .setDefaultBranch(copyFromUtf8(branch))
            .build();
    return outcome(() -> gitaly.repositories().createRepository(request));
  }

  private String remove(String path) {
    var request =
        RemoveRepositoryRequest.newBuilder().setRepository(TestGitaly.named(path)).build();
    return outcome(() -> gitaly.repositories().removeRepository(request));
  }

  private String write(String ref, String revision, String old) {
    var request =
        WriteRefRequest.newBuilder()
            .setRepository(TestGitaly.named(REPOSITORY))
            .setRef(copyFromUtf8(ref))
            .setRevision(copyFromUtf8(revision))
            .setOldRevision(copyFromUtf8(old))
            .build();
    return outcome(() -> gitaly.repositories().writeRef(request));
  }

  private boolean exists(String path) {
    return gitaly
        .repositories()
        .repositoryExists(
            RepositoryExistsRequest.newBuilder().setRepository(TestGitaly.named(path)).build())
        .getExists();
  }

  private boolean hasBranches() {
    return gitaly
        .repositories()
        .hasLocalBranches(
            HasLocalBranchesRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .build())
        .getValue();
  }

  private boolean found(String commit) {
    return gitaly
        .commits()
        .findCommit(
            FindCommitRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .setRevision(copyFromUtf8(commit))
                .build())
        .hasCommit();
  }

  private long size() {
    return gitaly
        .repositories()
        .repositorySize(
            RepositorySizeRequest.newBuilder().setRepository(TestGitaly.named(REPOSITORY)).build())
        .getSize();
  }

  private Path[] leftovers() {
    try (Stream<Path> files = Files.list(gitaly.storage().resolve("+gitaly/tmp"))) {
      return files.toArray(Path[]::new);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String outcome(Runnable call) {
    try {
      call.run();
      return "OK";
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
  }
}
