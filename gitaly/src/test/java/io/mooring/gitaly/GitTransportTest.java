package io.mooring.gitaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.testkit.git.GitCommand;
import io.mooring.testkit.process.Command;
import io.mooring.wire.gitaly.CreateRepositoryRequest;
import io.mooring.wire.gitaly.InfoRefsRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Fetching and pushing with the real git (gitlab-side.md 8.4, 8.8). */
class GitTransportTest {
  private static final String REPOSITORY = "group/project.git";

  @TempDir Path directory;

  private TestGitaly gitaly;
  private HttpBridge http;
  private GitCommand work;

  @BeforeEach
  void start() throws IOException {
    gitaly = TestGitaly.start(directory);
    http = HttpBridge.start(gitaly.channel());
    var _ =
        gitaly
            .repositories()
            .createRepository(
                CreateRepositoryRequest.newBuilder()
                    .setRepository(TestGitaly.named(REPOSITORY))
                    .build());
    work = GitCommand.init(directory.resolve("work"));
    work.run("remote", "add", "origin", http.url(REPOSITORY));
  }

  @AfterEach
  void stop() {
    http.close();
    gitaly.close();
  }

  @Test
  @Tag("wire-84")
  @Tag("fault-50")
  void advertisesAnEmptyRepositoryAsServiceLineAndTwoFlushes() {
    assertThat(gitaly.advertisement(REPOSITORY, ""))
        .isEqualTo("001e# service=git-upload-pack\n00000000");
  }

  @Test
  @Tag("wire-84")
  void advertisesHeadFirstWithTheCapabilitiesBehindIt() {
    String commit = work.commit("first");
    work.run("tag", "--annotate", "--message", "one", "v1");
    work.run(
        "push", "--quiet", "origin", "HEAD:main", "HEAD:refs/heads/a", "v1", "HEAD:refs/other/x");
    String tag = work.run("rev-parse", "v1");

    List<String> lines = packetLines(gitaly.advertisement(REPOSITORY, ""));

    assertThat(lines.subList(0, 2)).containsExactly("# service=git-upload-pack\n", "0000");
    assertThat(lines.get(2)).matches(commit + " HEAD\0.* symref=HEAD:refs/heads/main.*\n");
    assertThat(lines.subList(3, lines.size()))
        .containsExactly(
            commit + " refs/heads/a\n",
            commit + " refs/heads/main\n",
            commit + " refs/other/x\n",
            tag + " refs/tags/v1\n",
            commit + " refs/tags/v1^{}\n",
            "0000");
  }

  @Test
  void advertisesOnlyCapabilitiesInProtocolTwoAndTheOldFormForAnythingUnknown() {
    String commit = work.commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");

    assertThat(gitaly.advertisement(REPOSITORY, "version=2"))
        .startsWith("001e# service=git-upload-pack\n0000000dversion 2")
        .contains("fetch=filter shallow")
        .doesNotContain(commit);
    assertThat(gitaly.advertisement(REPOSITORY, "version=9"))
        .isEqualTo(gitaly.advertisement(REPOSITORY, ""));
  }

  @Test
  void refusesAnOptionWithoutAValue() {
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                gitaly
                    .smartHttp()
                    .infoRefsUploadPack(
                        InfoRefsRequest.newBuilder()
                            .setRepository(TestGitaly.named(REPOSITORY))
                            .addGitConfigOptions("novalue")
                            .build())
                    .hasNext());

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(failure.getStatus().getDescription()).contains("cannot convert invalid config key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "2"})
  void clonesAndFetchesWhatWasPushed(String version) {
    work.write("a/b.txt", "one\n");
    String first = work.commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");

    GitCommand clone = GitCommand.in(directory).cloneTo(http.url(REPOSITORY), "clone" + version);
    clone.run("config", "protocol.version", version);
    assertThat(clone.run("rev-parse", "HEAD")).isEqualTo(first);
    assertThat(clone.run("symbolic-ref", "HEAD")).isEqualTo("refs/heads/main");

    work.write("a/b.txt", "two\n").write("c.txt", "new");
    String second = work.commit("second");
    work.run("push", "--quiet", "origin", "HEAD:main");
    clone.run("pull", "--quiet");
    assertThat(clone.run("rev-parse", "HEAD")).isEqualTo(second);
    assertThat(clone.run("fsck", "--full", "--strict")).isEmpty();
    assertThat(clone.run("rev-parse", "HEAD^{tree}"))
        .isEqualTo(work.run("rev-parse", "HEAD^{tree}"));
  }

  @Test
  void clonesAnEmptyRepositoryOntoItsDefaultBranch() {
    GitCommand clone = GitCommand.in(directory).cloneTo(http.url(REPOSITORY), "clone");

    assertThat(clone.run("symbolic-ref", "HEAD")).isEqualTo("refs/heads/main");
    assertThat(clone.run("for-each-ref")).isEmpty();
  }

  @Test
  void fetchesShallowPartialAndSingleObjects() {
    work.write("big.bin", "x".repeat(100_000)).commit("first");
    work.write("small", "1").commit("second");
    String hidden = work.run("rev-parse", "HEAD");
    work.run("push", "--quiet", "origin", "HEAD:main");
    work.run("reset", "--quiet", "--hard", "HEAD~1");
    work.run("push", "--quiet", "--force", "origin", "HEAD:main");

    GitCommand.in(directory)
        .run("clone", "--quiet", "--depth", "1", http.url(REPOSITORY), "shallow");
    GitCommand.in(directory)
        .run("clone", "--quiet", "--bare", "--filter=blob:none", http.url(REPOSITORY), "partial");
    GitCommand single = GitCommand.init(directory.resolve("single"));
    single.run("fetch", "--quiet", http.url(REPOSITORY), hidden);

    assertThat(GitCommand.in(directory.resolve("shallow")).run("rev-list", "--count", "HEAD"))
        .isEqualTo("1");
    assertThat(
            GitCommand.in(directory.resolve("partial"))
                .run("rev-list", "--objects", "--missing=print", "--all"))
        .contains("?" + work.run("rev-parse", "HEAD:big.bin"));
    assertThat(single.run("rev-parse", "FETCH_HEAD")).isEqualTo(hidden);
  }

  @Test
  void tellsThePersonThatAnObjectIsNotThere() {
    work.commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");

    Command.Output failed = work.command("fetch", "origin", "1".repeat(40)).run();

    assertThat(failed.exitCode()).isNotZero();
    assertThat(failed.stderr()).contains("upload-pack").contains("1".repeat(40));
  }

  @Test
  void movesDeletesAndForcesReferences() {
    String first = work.commit("first");
    String second = work.commit("second");
    work.run("push", "--quiet", "origin", "HEAD:main", "HEAD:refs/heads/topic", "HEAD:refs/tags/t");

    work.run(
        "push", "--quiet", "--force", "origin", first + ":refs/heads/main", ":refs/heads/topic");
    work.run("push", "--quiet", "--force", "origin", first + ":refs/tags/t");

    GitCommand bare = GitCommand.in(gitaly.storage().resolve(REPOSITORY));
    assertThat(bare.run("for-each-ref", "--format=%(refname) %(objectname)").lines())
        .containsExactly("refs/heads/main " + first, "refs/tags/t " + first);
    assertThat(second).isNotEqualTo(first);
    assertThat(bare.run("fsck", "--full")).doesNotContain("error");
  }

  @Test
  void pushesAtomicallyOrNotAtAll() {
    work.commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");
    GitCommand other = GitCommand.in(directory).cloneTo(http.url(REPOSITORY), "other");
    other.write("y", "y").commit("theirs");
    other.run("push", "--quiet", "origin", "HEAD:main");
    work.write("x", "x").commit("second");

    Command.Output failed =
        work.command("push", "--atomic", "origin", "HEAD:main", "HEAD:refs/heads/new").run();

    assertThat(failed.exitCode()).isNotZero();
    assertThat(work.run("ls-remote", "origin", "refs/heads/new")).isEmpty();
    work.run("push", "--quiet", "--atomic", "origin", "HEAD:refs/heads/one", "HEAD:refs/heads/two");
    assertThat(work.run("ls-remote", "origin", "refs/heads/*").lines()).hasSize(3);
  }

  @Test
  void hidesTheReferencesOfGitLabAndRefusesToChangeThem() {
    String commit = work.commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");
    GitCommand bare = GitCommand.in(gitaly.storage().resolve(REPOSITORY));
    bare.run("update-ref", "refs/keep-around/" + commit, commit);
    bare.run("update-ref", "refs/merge-requests/1/head", commit);

    assertThat(work.run("ls-remote", "origin").lines().map(line -> line.split("\t", -1)[1]))
        .containsExactly("HEAD", "refs/heads/main", "refs/merge-requests/1/head");
    Command.Output refused =
        work.command("push", "origin", "HEAD:refs/keep-around/x", "HEAD:refs/heads/ok").run();
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.stderr()).contains("deny updating a hidden ref");
    assertThat(bare.run("for-each-ref", "--format=%(refname)"))
        .contains("refs/heads/ok")
        .doesNotContain("keep-around/x");
  }

  @Test
  void refusesDamagedObjectsAndKeepsNothingOfThem() throws IOException {
    work.run("config", "user.name", "x");
    String blob = work.command("hash-object", "-w", "--stdin").withInput("evil").output().strip();
    String tree =
        work.command("mktree").withInput("100644 blob " + blob + "\t.git\n").output().strip();
    String commit = work.run("commit-tree", "-m", "bad", tree);

    Command.Output refused = work.command("push", "origin", commit + ":refs/heads/bad").run();

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.stderr()).contains("unpack").contains(".git");
    assertThat(work.run("ls-remote", "origin")).isEmpty();
    try (Stream<Path> files = Files.walk(gitaly.storage().resolve(REPOSITORY).resolve("objects"))) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void keepsPackAndIndexAndNothingElseOfAPush() throws IOException {
    work.write("x", "1").commit("first");
    work.run("push", "--quiet", "origin", "HEAD:main");

    Path objects = gitaly.storage().resolve(REPOSITORY).resolve("objects");
    try (Stream<Path> files = Files.walk(objects)) {
      assertThat(
              files
                  .filter(Files::isRegularFile)
                  .map(file -> file.toString().replaceAll(".*\\.", "")))
          .containsExactlyInAnyOrder("pack", "idx");
    }
    try (Stream<Path> folders = Files.list(objects)) {
      assertThat(folders.map(folder -> String.valueOf(folder.getFileName())))
          .noneMatch(name -> name.startsWith("tmp"));
    }
  }

  @Test
  @Tag("fault-50")
  void survivesAPushThatGoesBackAndForth() {
    String first = work.commit("first");
    String second = work.commit("second");
    for (int round = 0; round < 5; round++) {
      work.run(
          "push",
          "--quiet",
          "--force",
          "origin",
          (round % 2 == 0 ? second : first) + ":refs/heads/main");
      assertThat(gitaly.advertisement(REPOSITORY, ""))
          .contains((round % 2 == 0 ? second : first) + " refs/heads/main");
    }
    work.run("push", "--quiet", "origin", ":refs/heads/main");

    assertThat(gitaly.advertisement(REPOSITORY, ""))
        .isEqualTo("001e# service=git-upload-pack\n00000000");
  }

  @Test
  @Tag("fault-50")
  void takesAPushOfFiftyThousandCommits() {
    var stream = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      stream
          .append("commit refs/heads/many\ncommitter A <a@b.c> ")
          .append(i)
          .append(" +0000\ndata 0\n");
    }
    var _ = work.command("fast-import", "--quiet").withInput(stream.toString()).output();

    work.run("push", "--quiet", "origin", "many");

    assertThat(work.run("ls-remote", "origin", "refs/heads/many"))
        .startsWith(work.run("rev-parse", "many"));
    assertThat(
            GitCommand.in(gitaly.storage().resolve(REPOSITORY)).run("rev-list", "--count", "many"))
        .isEqualTo("50000");
  }

  @Test
  void takesManyPushesAtTheSameTime() throws InterruptedException, ExecutionException {
    work.commit("base");
    work.run("push", "--quiet", "origin", "HEAD:main");
    var pushes = new ArrayList<Future<String>>();
    try (var pushers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 6; i++) {
        String name = "branch" + i;
        pushes.add(
            pushers.submit(() -> {
              GitCommand clone = GitCommand.in(directory).cloneTo(http.url(REPOSITORY), name);
              String commit = clone.write(name, name).commit(name);
              clone.run("push", "--quiet", "origin", "HEAD:refs/heads/" + name);
              return commit;
            }));
      }
    }

    for (int i = 0; i < pushes.size(); i++) {
      assertThat(work.run("ls-remote", "origin", "refs/heads/branch" + i))
          .startsWith(pushes.get(i).get());
    }
    assertThat(GitCommand.in(gitaly.storage().resolve(REPOSITORY)).run("fsck", "--full"))
        .doesNotContain("missing");
  }

  /** The lines of a text of pkt-lines; a flush is 0000. */
  private static List<String> packetLines(String text) {
    var lines = new ArrayList<String>();
    int at = 0;
    while (at < text.length()) {
      int length = Integer.parseInt(text.substring(at, at + 4), 16);
      lines.add(length == 0 ? "0000" : text.substring(at + 4, at + length));
      at += Math.max(4, length);
    }
    return lines;
  }
}
