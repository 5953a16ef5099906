package io.mooring.gitaly;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.mooring.testkit.git.GitCommand;
import io.mooring.wire.gitaly.GetTreeEntriesError;
import io.mooring.wire.gitaly.GetTreeEntriesRequest;
import io.mooring.wire.gitaly.GetTreeEntriesResponse;
import io.mooring.wire.gitaly.PaginationParameter;
import io.mooring.wire.gitaly.PathError;
import io.mooring.wire.gitaly.TreeEntry;
import io.mooring.wire.gitaly.TreeEntryRequest;
import io.mooring.wire.gitaly.TreeEntryResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TreeEntry and GetTreeEntries (gitlab-side.md 8.5, 8.6), with the real git as the judge. */
class TreeReadingTest {
  private static final String REPOSITORY = "@hashed/aa/bb/aabb.git";

  @TempDir static Path directory;

  private static TestGitaly gitaly;
  private static GitCommand git;
  private static String commit;

  @BeforeAll
  static void fillRepository() {
    gitaly = TestGitaly.start(directory);
    gitaly.bare(REPOSITORY);
    git = gitaly.workingCopy(directory.resolve("work"), REPOSITORY);
    git.write("README.md", "hello\n")
        .write("empty", "")
        .write("a.b/file", "1")
        .write("a/file", "2")
        .write("a0", "3");
    git.write("deep/one/two/three/leaf.yaml", "x").write("deep/one/two/three/other.yaml", "y");
    git.write("large.bin", "0123456789".repeat(20_000)).write("run.sh", "#!/bin/sh\n");
    git.run("add", "--all");
    git.run("update-index", "--chmod=+x", "run.sh");
    String link =
        git.command("hash-object", "-w", "--stdin").withInput("../../etc/passwd").output().strip();
    git.run("update-index", "--add", "--cacheinfo", "120000," + link + ",link");
    git.run("update-index", "--add", "--cacheinfo", "160000," + "1".repeat(40) + ",module");
    git.run("commit", "--quiet", "--message", "first");
    git.run("push", "--quiet", "origin", "HEAD:refs/heads/main");
    commit = git.run("rev-parse", "HEAD");
  }

  @AfterAll
  static void stop() {
    gitaly.close();
  }

  @Test
  void givesAFileWithItsFactsInTheFirstMessageOnly() {
    List<TreeEntryResponse> answers = read(request("large.bin").build());

    assertThat(answers).hasSizeGreaterThan(1);
    TreeEntryResponse first = answers.getFirst();
    assertThat(first.getType()).isEqualTo(TreeEntryResponse.ObjectType.BLOB);
    assertThat(first.getOid()).isEqualTo(git.run("rev-parse", "HEAD:large.bin"));
    assertThat(first.getSize()).isEqualTo(200_000);
    assertThat(first.getMode()).isEqualTo(0100644);
    assertThat(answers.subList(1, answers.size()))
        .allSatisfy(answer -> {
          assertThat(answer.getOid()).isEmpty();
          assertThat(answer.getSize()).isZero();
          assertThat(answer.getData().size()).isBetween(1, 128 * 1024);
        });
    assertThat(content(answers)).isEqualTo("0123456789".repeat(20_000));
  }

  @Test
  void givesAnEmptyFileAsOneMessage() {
    List<TreeEntryResponse> answers = read(request("empty").build());

    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst().getType()).isEqualTo(TreeEntryResponse.ObjectType.BLOB);
    assertThat(answers.getFirst().getData()).isEmpty();
  }

  @Test
  void cutsTheContentAtTheLimitAndTellsTheWholeSize() {
    List<TreeEntryResponse> answers = read(request("large.bin").setLimit(11).build());

    assertThat(content(answers)).isEqualTo("01234567890");
    assertThat(answers.getFirst().getSize()).isEqualTo(200_000);
  }

  @Test
  @Tag("wire-85")
  void refusesAFileThatIsTooLarge() {
    StatusRuntimeException failure = failure(request("README.md").setMaxSize(5).build());

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(failure.getStatus().getDescription())
        .isEqualTo("object size (6) is bigger than the maximum allowed size (5)");
    assertThat(content(read(request("README.md").setMaxSize(6).build()))).isEqualTo("hello\n");
  }

  @ParameterizedTest
  @Tag("wire-85")
  @Tag("fault-49")
  @ValueSource(
      strings = {
        "missing",
        "a/missing",
        "README.md/x",
        "../../etc/passwd",
        "a/../README.md",
        "./README.md",
        "/README.md",
        ".",
        "/",
        "//",
        "a//file",
        "link/x",
        "module/x",
        ".git/config"
      })
  void findsNothingAtAPathThatGitDoesNotHave(String path) {
    StatusRuntimeException failure = failure(request(path).build());

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(failure.getStatus().getDescription()).isEqualTo("tree entry not found");
  }

  @Test
  @Tag("wire-85")
  void givesADirectoryAsATree() {
    TreeEntryResponse answer = read(request("deep/one///").build()).getFirst();

    assertThat(answer.getType()).isEqualTo(TreeEntryResponse.ObjectType.TREE);
    assertThat(answer.getMode()).isEqualTo(040000);
    assertThat(answer.getOid()).isEqualTo(git.run("rev-parse", "HEAD:deep/one"));
    assertThat(answer.getSize())
        .isEqualTo(Long.parseLong(git.run("cat-file", "-s", "HEAD:deep/one")));
    assertThat(answer.getData()).isEmpty();
  }

  @Test
  @Tag("fault-49")
  void givesALinkAsItsTextAndASubmoduleAsItsCommit() {
    List<TreeEntryResponse> link = read(request("link").build());
    TreeEntryResponse module = read(request("module").build()).getFirst();

    assertThat(link.getFirst().getMode()).isEqualTo(0120000);
    assertThat(content(link)).isEqualTo("../../etc/passwd");
    assertThat(module.getType()).isEqualTo(TreeEntryResponse.ObjectType.COMMIT);
    assertThat(module.getMode()).isEqualTo(0160000);
    assertThat(module.getOid()).isEqualTo("1".repeat(40));
  }

  @Test
  void refusesArgumentsThatCannotBeRight() {
    assertThat(describe(failure(request("").build()))).isEqualTo("INVALID_ARGUMENT: empty Path");
    assertThat(describe(failure(request("a").setLimit(-1).build()))).startsWith("INVALID_ARGUMENT");
    assertThat(describe(failure(request("a").setMaxSize(-1).build())))
        .startsWith("INVALID_ARGUMENT");
    assertThat(describe(failure(request("a").setRevision(ByteString.EMPTY).build())))
        .isEqualTo("INVALID_ARGUMENT: empty revision");
    for (String revision : List.of("--help", "a b", "a:b", "a\\b", "a\0b", "a\n")) {
      assertThat(describe(failure(request("a").setRevision(copyFromUtf8(revision)).build())))
          .startsWith("INVALID_ARGUMENT: revision can't");
    }
    assertThat(describe(failure(request("README.md").setRevision(copyFromUtf8("nowhere")).build())))
        .isEqualTo("NOT_FOUND: tree entry not found");
  }

  @Test
  void listsTheWholeTreeAsGitDoes() {
    List<TreeEntry> entries = list(treeRequest(".").setRecursive(true).build());

    List<String> shown = entries.stream().map(TreeReadingTest::asGit).toList();
    assertThat(shown).isEqualTo(git.run("ls-tree", "-r", "-t", "HEAD").lines().toList());
    assertThat(entries).allSatisfy(entry -> assertThat(entry.getFlatPath()).isEmpty());
  }

  @Test
  @Tag("wire-85")
  void listsADirectoryWithFullPathsAndTheRevisionAsItWasAsked() {
    GetTreeEntriesRequest request =
        treeRequest("deep/one/two/three").setRevision(copyFromUtf8("refs/heads/main")).build();

    List<TreeEntry> entries = list(request);

    assertThat(entries)
        .extracting(entry -> entry.getPath().toStringUtf8())
        .containsExactly("deep/one/two/three/leaf.yaml", "deep/one/two/three/other.yaml");
    assertThat(entries).extracting(TreeEntry::getCommitOid).containsOnly("refs/heads/main");
    assertThat(entries).extracting(TreeEntry::getType).containsOnly(TreeEntry.EntryType.BLOB);
  }

  @Test
  void tellsTheFlatPathOfLoneDirectories() {
    List<TreeEntry> entries = list(treeRequest(".").build());

    assertThat(flatPath(entries, "deep")).isEqualTo("deep/one/two/three");
    assertThat(flatPath(entries, "a")).isEqualTo("a");
    assertThat(flatPath(entries, "README.md")).isEqualTo("README.md");
    assertThat(list(treeRequest(".").setSkipFlatPaths(true).build()))
        .allSatisfy(entry -> assertThat(entry.getFlatPath()).isEmpty());
  }

  @ParameterizedTest
  @Tag("wire-85")
  @ValueSource(strings = {"missing", "a/missing", "../a", "./a", "a/..", "/", "/a"})
  void saysWithADetailThatADirectoryIsNotThere(String path) throws InvalidProtocolBufferException {
    for (boolean recursive : new boolean[] {true, false}) {
      StatusRuntimeException failure =
          listFailure(treeRequest(path).setRecursive(recursive).build());

      assertThat(describe(failure)).isEqualTo("INVALID_ARGUMENT: invalid revision or path");
      assertThat(detail(failure).getResolveTree().getRevision().toStringUtf8()).isEqualTo(commit);
    }
  }

  @Test
  @Tag("wire-85")
  void saysWithADetailThatARevisionIsNotThere() throws InvalidProtocolBufferException {
    StatusRuntimeException failure =
        listFailure(treeRequest("a").setRevision(copyFromUtf8("0".repeat(40))).build());

    assertThat(describe(failure)).isEqualTo("INVALID_ARGUMENT: invalid revision or path");
    assertThat(detail(failure).getResolveTree().getRevision().toStringUtf8())
        .isEqualTo("0".repeat(40));
  }

  @Test
  void tellsAFileFromADirectory() throws InvalidProtocolBufferException {
    assertThat(list(treeRequest("README.md").build())).isEmpty();
    StatusRuntimeException failure =
        listFailure(treeRequest("README.md").setRecursive(true).build());

    assertThat(describe(failure)).isEqualTo("INVALID_ARGUMENT: revision doesn't exist");
    assertThat(detail(failure).hasResolveTree()).isTrue();
  }

  @Test
  void refusesAnEmptyPathWithADetail() throws InvalidProtocolBufferException {
    StatusRuntimeException failure = listFailure(treeRequest("").build());

    assertThat(describe(failure)).isEqualTo("INVALID_ARGUMENT: empty path");
    assertThat(detail(failure).getPath().getErrorType())
        .isEqualTo(PathError.ErrorType.ERROR_TYPE_EMPTY_PATH);
  }

  @Test
  void listsInPages() {
    List<String> whole = paths(list(treeRequest(".").setRecursive(true).build()));

    var seen = new ArrayList<String>();
    String token = "";
    int pages = 0;
    do {
      GetTreeEntriesResponse page =
          page(treeRequest(".").setRecursive(true), token, 3).orElseThrow();
      seen.addAll(paths(page.getEntriesList()));
      token = page.getPaginationCursor().getNextCursor();
      pages++;
    } while (!token.isEmpty());

    assertThat(seen).isEqualTo(whole);
    assertThat(pages).isEqualTo((whole.size() + 2) / 3);
    assertThat(page(treeRequest("."), "", 0)).isEmpty();
    assertThat(page(treeRequest("."), "", -1).orElseThrow().getPaginationCursor().getNextCursor())
        .isEmpty();
  }

  @Test
  void continuesAfterAnObjectIdAsOldCallersSendIt() {
    String first = git.run("rev-parse", "HEAD:README.md");

    GetTreeEntriesResponse page = page(treeRequest("."), first, 1).orElseThrow();

    List<String> all = paths(list(treeRequest(".").build()));
    assertThat(paths(page.getEntriesList())).containsExactly(all.get(all.indexOf("README.md") + 1));
  }

  @Test
  void refusesATokenItDoesNotKnow() {
    StatusRuntimeException failure =
        listFailure(
            treeRequest(".")
                .setPaginationParams(
                    PaginationParameter.newBuilder().setPageToken("nonsense").setLimit(2))
                .build());

    assertThat(describe(failure)).isEqualTo("INTERNAL: could not find starting OID: nonsense");
  }

  @Test
  void sortsTreesFirst() {
    List<TreeEntry> entries =
        list(treeRequest(".").setSort(GetTreeEntriesRequest.SortBy.TREES_FIRST).build());

    assertThat(paths(entries))
        .containsExactly(
            "a.b",
            "a",
            "deep",
            "README.md",
            "a0",
            "empty",
            "large.bin",
            "link",
            "run.sh",
            "module");
  }

  @Test
  @Tag("fault-49")
  void listsAndReadsNamesThatAreNoText() throws IOException {
    String blob = git.command("hash-object", "-w", "--stdin").withInput("content").output().strip();
    List<ByteString> names =
        List.of(
            ByteString.copyFrom(new byte[] {'A', (byte) 0xff, (byte) 0xfe}),
            copyFromUtf8("a name"),
            copyFromUtf8("CASE"),
            copyFromUtf8("case"),
            copyFromUtf8("new\nline"),
            copyFromUtf8("x".repeat(4000)),
            copyFromUtf8("\u00fcml\u00e4ut"));
    var input = new ByteArrayOutputStream();
    for (ByteString name : names) {
      input.write(("100644 blob " + blob + "\t").getBytes(UTF_8));
      name.writeTo(input);
      input.write(0);
    }
    String tree = git.command("mktree", "-z").withInput(input.toByteArray()).output().strip();
    String odd = git.run("commit-tree", "-m", "odd", tree);
    git.run("push", "--quiet", "origin", odd + ":refs/heads/odd");

    List<TreeEntry> entries = list(treeRequest(".").setRevision(copyFromUtf8(odd)).build());

    assertThat(entries).extracting(TreeEntry::getPath).containsExactlyInAnyOrderElementsOf(names);
    for (ByteString name : names) {
      assertThat(content(read(request("x").setRevision(copyFromUtf8(odd)).setPath(name).build())))
          .isEqualTo("content");
    }
    String token = "";
    var paged = new ArrayList<ByteString>();
    do {
      GetTreeEntriesResponse page =
          page(treeRequest(".").setRevision(copyFromUtf8(odd)), token, 4).orElseThrow();
      page.getEntriesList().forEach(entry -> paged.add(entry.getPath()));
      token = page.getPaginationCursor().getNextCursor();
    } while (!token.isEmpty());
    assertThat(paged).isEqualTo(entries.stream().map(TreeEntry::getPath).toList());
  }

  private static TreeEntryRequest.Builder request(String path) {
    return TreeEntryRequest.newBuilder()
        .setRepository(TestGitaly.named(REPOSITORY))
        .setRevision(copyFromUtf8(commit))
        .setPath(copyFromUtf8(path));
  }

  private static GetTreeEntriesRequest.Builder treeRequest(String path) {
    return GetTreeEntriesRequest.newBuilder()
        .setRepository(TestGitaly.named(REPOSITORY))
        .setRevision(copyFromUtf8(commit))
        .setPath(copyFromUtf8(path));
  }

  private static List<TreeEntryResponse> read(TreeEntryRequest request) {
    var answers = new ArrayList<TreeEntryResponse>();
    gitaly.commits().treeEntry(request).forEachRemaining(answers::add);
    return answers;
  }

  private static List<TreeEntry> list(GetTreeEntriesRequest request) {
    var entries = new ArrayList<TreeEntry>();
    gitaly
        .commits()
        .getTreeEntries(request)
        .forEachRemaining(answer -> entries.addAll(answer.getEntriesList()));
    return entries;
  }

  private static Optional<GetTreeEntriesResponse> page(
      GetTreeEntriesRequest.Builder request, String token, int limit) {
    var answers = new ArrayList<GetTreeEntriesResponse>();
    gitaly
        .commits()
        .getTreeEntries(
            request
                .setPaginationParams(
                    PaginationParameter.newBuilder().setPageToken(token).setLimit(limit))
                .build())
        .forEachRemaining(answers::add);
    assertThat(answers).hasSizeLessThan(2);
    return answers.stream().findFirst();
  }

  private static StatusRuntimeException failure(TreeEntryRequest request) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> read(request));
  }

  private static StatusRuntimeException listFailure(GetTreeEntriesRequest request) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> list(request));
  }

  private static GetTreeEntriesError detail(StatusRuntimeException failure)
      throws InvalidProtocolBufferException {
    var status = Objects.requireNonNull(StatusProto.fromThrowable(failure));
    Any detail = status.getDetails(0);
    assertThat(detail.getTypeUrl()).isEqualTo("type.googleapis.com/gitaly.GetTreeEntriesError");
    return detail.unpack(GetTreeEntriesError.class);
  }

  private static String describe(StatusRuntimeException failure) {
    return failure.getStatus().getCode() + ": " + failure.getStatus().getDescription();
  }

  private static String content(List<TreeEntryResponse> answers) {
    return ByteString.copyFrom(answers.stream().map(TreeEntryResponse::getData).toList())
        .toStringUtf8();
  }

  private static List<String> paths(List<TreeEntry> entries) {
    return entries.stream().map(entry -> entry.getPath().toStringUtf8()).toList();
  }

  private static String flatPath(List<TreeEntry> entries, String path) {
    return entries.stream()
        .filter(entry -> entry.getPath().toStringUtf8().equals(path))
        .findFirst()
        .orElseThrow()
        .getFlatPath()
        .toStringUtf8();
  }

  private static String asGit(TreeEntry entry) {
    String type =
        switch (entry.getType()) {
          case BLOB -> "blob";
          case TREE -> "tree";
          case COMMIT -> "commit";
          case UNRECOGNIZED -> "?";
        };
    return "%06o %s %s\t%s"
        .formatted(entry.getMode(), type, entry.getOid(), entry.getPath().toStringUtf8());
  }
}
