package io.mooring.kas.gitops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.mooring.kas.config.GitopsSettings;
import io.mooring.kas.git.GitFixture;
import io.mooring.kas.git.ScriptedGitaly;
import io.mooring.kas.git.ScriptedGitaly.Fault;
import io.mooring.kas.gitlab.ProjectInfo;
import io.mooring.kas.gitlab.ProjectLookup;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.notifications.TestPushes;
import io.mooring.kas.rpc.FeatureServer;
import io.mooring.kas.usage.UsageCounters;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.gitops.rpc.GitRefCF;
import io.mooring.wire.gitops.rpc.GitopsGrpc;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeRequest;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeResponse;
import io.mooring.wire.gitops.rpc.PathCF;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GitopsTest {
  private static final String PROJECT = "group/manifests";
  private static final GitopsSettings SETTINGS =
      new GitopsSettings(
          Duration.ofMinutes(5),
          Duration.ZERO,
          Duration.ofMinutes(1),
          5 << 20,
          20 << 20,
          100,
          1000);
  private static final BackoffPolicy QUICK =
      new BackoffPolicy(Duration.ofMillis(20), Duration.ofMillis(40), Duration.ofSeconds(1), 2, 0);

  private final GitFixture git = new GitFixture();
  private final TestPushes pushes = new TestPushes();
  private final List<String> counted = new CopyOnWriteArrayList<>();
  private ScriptedGitaly gitaly;
  private FeatureServer kas;
  private volatile AgentLookup agents = token -> agent();
  private volatile ProjectLookup projects = (token, path) -> project();

  @BeforeEach
  void start() throws Exception {
    gitaly = new ScriptedGitaly();
    kas = serve(SETTINGS);
  }

  @AfterEach
  void stop() {
    kas.close();
    git.close();
    gitaly.close();
  }

  @Test
  void sendsAHeaderTheFilesAndATrailer() throws Exception {
    String commit = push(Map.of("a.yaml", "one", "dir/b.yaml", "two", "dir/c.txt", "three"));

    List<ObjectsToSynchronizeResponse> answers = synchronize(request("**/*.yaml"));

    assertThat(answers.getFirst().getHeader().getCommitId()).isEqualTo(commit);
    assertThat(answers.getFirst().getHeader().getProjectId()).isEqualTo(77);
    assertThat(answers.getLast().hasTrailer()).isTrue();
    assertThat(files(answers))
        .containsExactly(Map.entry("a.yaml", "one"), Map.entry("dir/b.yaml", "two"));
    assertThat(counted).containsExactly("gitops_sync");
  }

  @Tag("wire-87")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a/b.yaml   | GetTreeEntries a             | a/b.yaml",
        "*.yaml     | GetTreeEntries .             | bla.yaml",
        "bla/**/*.yaml | GetTreeEntries bla recursive | bla/x.yaml",
        "**/*.yaml  | GetTreeEntries . recursive   | a/b.yaml a/c.yaml bla.yaml bla/x.yaml",
        "?bla/*.yaml | GetTreeEntries . recursive   | ",
      })
  void asksGitalyForNoMoreThanTheGlobNeeds(String glob, String listing, String files)
      throws Exception {
    push(Map.of("a/b.yaml", "1", "a/c.yaml", "2", "bla/x.yaml", "3", "bla.yaml", "4"));
    List<String> expected = new ArrayList<>(List.of("InfoRefsUploadPack", listing));
    if (files != null) {
      List.of(files.split(" ")).forEach(file -> expected.add("TreeEntry " + file + " max "));
    }

    synchronize(request(glob));

    assertThat(gitaly.takeCalls().stream().map(call -> call.replaceAll("max \\d+", "max ")))
        .containsExactlyElementsOf(expected);
  }

  @Tag("wire-87")
  @Test
  void skipsHiddenDirectoriesAndNotHiddenFiles() throws Exception {
    push(
        Map.of(
            ".a.yaml",
            "1",
            "b/.c.yaml",
            "2",
            ".d/e.yaml",
            "3",
            "f/.g/h.yaml",
            "4",
            "..x/y.yaml",
            "5"));

    assertThat(files(synchronize(request("**/*.yaml"))).keySet())
        .containsExactly(".a.yaml", "b/.c.yaml");
  }

  @Test
  void sendsFilesAskedForByNameAfterTheGlobsAndNoneTwice() throws Exception {
    push(Map.of("a.yaml", "a", "b/c.txt", "c", ".hidden/d", "d"));
    ObjectsToSynchronizeRequest request =
        request().toBuilder()
            .clearPaths()
            .addPaths(PathCF.newBuilder().setFile("b/c.txt"))
            .addPaths(PathCF.newBuilder().setGlob("*.yaml"))
            .addPaths(PathCF.newBuilder().setFile("a.yaml"))
            .addPaths(PathCF.newBuilder().setFile(".hidden/d"))
            .build();

    assertThat(files(synchronize(request)).keySet()).containsExactly("a.yaml", "b/c.txt");
    assertThat(gitaly.takeCalls())
        .containsExactly(
            "InfoRefsUploadPack",
            "GetTreeEntries .",
            "TreeEntry a.yaml max 5242880",
            "TreeEntry b/c.txt max 5242880");
  }

  @Tag("wire-88")
  @Test
  void cutsFilesIntoPiecesAndSendsEmptyOnes() throws Exception {
    String big = "x".repeat(300 * 1024);
    push(Map.of("big", big, "empty", "", "exact", "y".repeat(128 * 1024)));

    List<ObjectsToSynchronizeResponse> answers = synchronize(request("*"));

    assertThat(files(answers))
        .isEqualTo(Map.of("big", big, "empty", "", "exact", "y".repeat(128 * 1024)));
    assertThat(
            answers.stream()
                .filter(ObjectsToSynchronizeResponse::hasObject)
                .map(answer -> answer.getObject().getData().size()))
        .containsExactly(128 * 1024, 128 * 1024, 44 * 1024, 0, 128 * 1024);
  }

  @Tag("wire-88")
  @Test
  void refusesMoreFilesThanAllowed() throws Exception {
    Map<String, String> files = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      files.put("f" + i, "x");
    }
    push(files);
    assertThat(files(synchronize(request("f*")))).hasSize(1000);

    files.put("one.more", "x");
    push(files);

    assertRefused(
        request("f1"), "manifest file: too many files: more than 1000 (expected: at most ");
  }

  @Tag("wire-88")
  @Test
  void refusesAPathThatTwoGlobsMatch() throws Exception {
    push(Map.of("a.yaml", "a"));

    assertRefused(
        request("*.yaml", "a.*"),
        "manifest file: path \"a.yaml\" is matched twice, the second time by \"a.*\"");
  }

  @Tag("wire-88")
  @Test
  void refusesAFileThatIsTooBig() throws Exception {
    gitaly.point(
        "refs/heads/main",
        gitaly.commitBytes(Map.of("big", ByteString.copyFrom(new byte[(5 << 20) + 1]))));

    assertRefused(request("*"), "manifest file: FileTooBig: TreeEntry: file is too big: big: ");
  }

  @Tag("wire-88")
  @Test
  void refusesFilesThatAreTooBigTogether() throws Exception {
    kas.close();
    kas =
        serve(
            new GitopsSettings(
                Duration.ofMinutes(5),
                Duration.ZERO,
                Duration.ofMinutes(1),
                1000,
                2000,
                100,
                1000));
    Map<String, String> files =
        new HashMap<>(Map.of("a", "x".repeat(1000), "b", "x".repeat(1000), "c", ""));
    push(files);
    assertThat(files(synchronize(request("*")))).hasSize(3);

    files.put("d", "x");
    push(files);

    assertRefused(
        request("*"),
        "all files together are too big (expected: at most agent.gitops.max_total_manifest_file_size");
    assertThat(gitaly.takeCalls()).contains("TreeEntry d max 1");
  }

  @Test
  void refusesABadGlobAndSaysWhere() throws Exception {
    push(Map.of("a.yaml", "a"));

    assertRefused(
        request("a[.yaml"), "manifest file: syntax error in glob \"a[.yaml\" at character 2");
  }

  @Test
  void refusesADirectoryThatDoesNotExist() throws Exception {
    push(Map.of("a.yaml", "a"));

    assertRefused(
        request("gone/*.yaml"),
        "manifest file: NotFound: GetTreeEntries: file/directory/ref not found: gone: ");
  }

  @Test
  void refusesADirectoryAskedForAsAFile() throws Exception {
    push(Map.of("dir/a.yaml", "a"));
    ObjectsToSynchronizeRequest request =
        request().toBuilder().clearPaths().addPaths(PathCF.newBuilder().setFile("dir")).build();

    assertRefused(
        request,
        "manifest file: UnexpectedTreeEntryType: TreeEntry: file is not a usual file: dir");
  }

  @Test
  void refusesTooManyPaths() {
    ObjectsToSynchronizeRequest.Builder request = request().toBuilder();
    for (int i = 0; i < 101; i++) {
      request.addPaths(PathCF.newBuilder().setGlob("*" + i));
    }

    assertThatThrownBy(() -> synchronize(request.build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
        .hasMessageContaining("too many paths: 102 (expected: at most 100");
  }

  @Tag("wire-89")
  @Test
  void deliversACommitAskedForOnceAndHoldsTheStreamThen() throws Exception {
    String commit = gitaly.commit(Map.of("a.yaml", "a"));
    ObjectsToSynchronizeRequest request =
        request("*.yaml").toBuilder().setRef(GitRefCF.newBuilder().setCommit(commit)).build();

    assertThat(files(synchronize(request))).containsOnlyKeys("a.yaml");
    assertThat(gitaly.takeCalls())
        .containsExactly("GetTreeEntries .", "TreeEntry a.yaml max 5242880");

    CompletableFuture<List<ObjectsToSynchronizeResponse>> held =
        CompletableFuture.supplyAsync(
            () -> synchronize(request.toBuilder().setCommitId(commit).build()));
    assertThat(pushes.subscribers(PROJECT)).isZero();
    assertThat(held).isNotDone();
    kas.expire();

    assertThat(held.get(10, TimeUnit.SECONDS)).isEmpty();
  }

  @Tag("wire-89")
  @Test
  void followsBranchesAndTags() throws Exception {
    push(Map.of("a.yaml", "main"));
    gitaly.point("refs/heads/other", gitaly.commit(Map.of("a.yaml", "other")));
    gitaly.point("refs/tags/v1", gitaly.commit(Map.of("a.yaml", "tagged")));

    assertThat(files(synchronize(at(GitRefCF.newBuilder().setBranch("other")))))
        .containsValue("other");
    assertThat(files(synchronize(at(GitRefCF.newBuilder().setTag("v1"))))).containsValue("tagged");
    assertThat(files(synchronize(request("*.yaml")))).containsValue("main");
  }

  @Tag("wire-89")
  @Test
  void refusesARefThatDoesNotExist() throws Exception {
    push(Map.of("a.yaml", "a"));

    assertThatThrownBy(() -> synchronize(at(GitRefCF.newBuilder().setTag("v2"))))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage(
            "NOT_FOUND: GitOps: repository poll failed: NotFound: InfoRefsUploadPack: "
                + "file/directory/ref not found: refs/tags/v2");
  }

  @Tag("fault-50")
  @Test
  void waitsWhileTheRepositoryIsEmpty() throws Exception {
    CompletableFuture<List<ObjectsToSynchronizeResponse>> answers =
        CompletableFuture.supplyAsync(() -> synchronize(request("*.yaml")));
    await().until(() -> gitaly.takeCalls().contains("InfoRefsUploadPack"));

    push(Map.of("a.yaml", "a"));
    pushes.push(PROJECT);

    assertThat(files(answers.get(10, TimeUnit.SECONDS))).containsOnlyKeys("a.yaml");
  }

  @Tag("fault-58")
  @Test
  void aPushDeliversTheNewCommitAtOnceAndManyPushesCostOneLook() throws Exception {
    String first = push(Map.of("a.yaml", "a"));
    CompletableFuture<List<ObjectsToSynchronizeResponse>> answers =
        CompletableFuture.supplyAsync(
            () -> synchronize(request("*.yaml").toBuilder().setCommitId(first).build()));
    await().until(() -> pushes.subscribers(PROJECT) == 1 && !gitaly.takeCalls().isEmpty());

    for (int i = 0; i < 1000; i++) {
      pushes.push(PROJECT);
    }
    await().until(() -> !gitaly.takeCalls().isEmpty());
    push(Map.of("a.yaml", "b"));
    pushes.push(PROJECT);

    assertThat(files(answers.get(10, TimeUnit.SECONDS))).containsEntry("a.yaml", "b");
    assertThat(gitaly.takeCalls().size()).isLessThan(100);
    await().until(() -> pushes.subscribers(PROJECT) == 0);
  }

  @Tag("fault-58")
  @Test
  void findsANewCommitByPollingWhenTheNoticeIsLost() throws Exception {
    kas.close();
    kas =
        serve(
            new GitopsSettings(
                Duration.ofMillis(50),
                Duration.ZERO,
                Duration.ofMinutes(1),
                1000,
                2000,
                100,
                1000));
    String first = push(Map.of("a.yaml", "a"));
    CompletableFuture<List<ObjectsToSynchronizeResponse>> answers =
        CompletableFuture.supplyAsync(
            () -> synchronize(request("*.yaml").toBuilder().setCommitId(first).build()));
    await().until(() -> !gitaly.takeCalls().isEmpty());

    push(Map.of("a.yaml", "b"));

    assertThat(files(answers.get(10, TimeUnit.SECONDS))).containsEntry("a.yaml", "b");
  }

  @Tag("fault-50")
  @Test
  void followsABranchThatIsForcedBackAndForth() throws Exception {
    String first = push(Map.of("a.yaml", "1", "b.yaml", "b"));
    String second = push(Map.of("a.yaml", "2"));

    for (int i = 0; i < 3; i++) {
      gitaly.point("refs/heads/main", first);
      assertThat(files(synchronize(request("*.yaml"))))
          .isEqualTo(Map.of("a.yaml", "1", "b.yaml", "b"));
      gitaly.point("refs/heads/main", second);
      assertThat(files(synchronize(request("*.yaml")))).isEqualTo(Map.of("a.yaml", "2"));
    }
  }

  @Test
  void sendsOnlyPartOfTheTreeAgainOverTheWireOfGit() throws Exception {
    Map<String, String> files = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      files.put("f" + i, "content " + i);
    }
    push(files);
    synchronize(request("*"));
    files.put("f7", "new");
    push(files);
    gitaly.takeCalls();

    assertThat(files(synchronize(request("*")))).isEqualTo(files);
    assertThat(gitaly.takeCalls())
        .containsExactly("InfoRefsUploadPack", "FindChangedPaths", "TreeEntry f7 max 5242880");
  }

  @Tag("fault-59")
  @Test
  void looksAgainWhenGitalyFails() throws Exception {
    push(Map.of("a.yaml", "a"));
    gitaly.next(
        "InfoRefsUploadPack",
        new Fault.Fail(Status.UNAVAILABLE),
        new Fault.Fail(Status.NOT_FOUND),
        new Fault.Fail(Status.DEADLINE_EXCEEDED),
        new Fault.CutAfter(0));

    assertThat(files(synchronize(request("*.yaml")))).containsOnlyKeys("a.yaml");
    assertThat(gitaly.takeCalls()).filteredOn("InfoRefsUploadPack"::equals).hasSize(5);
  }

  @Tag("fault-59")
  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "RESOURCE_EXHAUSTED"})
  void failsWithoutATrailerWhenGitalyFailsHalfWay(Status.Code code) throws Exception {
    push(Map.of("a.yaml", "a", "b.yaml", "b"));
    gitaly.next(
        "TreeEntry",
        new Fault.Hold(released()),
        new Fault.Fail(code.toStatus().withDescription("broken")));
    List<ObjectsToSynchronizeResponse> answers = new ArrayList<>();

    assertThatThrownBy(() -> call(request("*.yaml")).forEachRemaining(answers::add))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith(
            "UNAVAILABLE: GitOps: failed to get objects to synchronize: manifest file: RpcError: TreeEntry: RPC failed: b.yaml: "
                + code);
    assertThat(answers).noneMatch(ObjectsToSynchronizeResponse::hasTrailer);
    assertThat(counted).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND"})
  void endsWithWhatGitLabSaysOfAgentAndProject(Status.Code code) {
    agents = token -> refuse(code);
    assertThatThrownBy(() -> synchronize(request("*.yaml"))).hasMessage(code + ": refused");

    agents = token -> agent();
    projects =
        (token, path) -> {
          throw code.toStatus().withDescription("refused").asException();
        };
    assertThatThrownBy(() -> synchronize(request("*.yaml"))).hasMessage(code + ": refused");
  }

  @Test
  void asksGitLabAgainWhileItIsUnavailable() throws Exception {
    push(Map.of("a.yaml", "a"));
    List<String> asked = new CopyOnWriteArrayList<>();
    projects =
        (token, path) -> {
          asked.add(path);
          if (asked.size() < 3) {
            throw Status.UNAVAILABLE.asException();
          }
          return project();
        };

    assertThat(files(synchronize(request("*.yaml")))).containsOnlyKeys("a.yaml");
    assertThat(asked).containsOnly(PROJECT).hasSize(3);
  }

  @Test
  void endsWithNothingSentWhenTheConnectionGotOld() throws Exception {
    String commit = push(Map.of("a.yaml", "a"));
    CompletableFuture<List<ObjectsToSynchronizeResponse>> answers =
        CompletableFuture.supplyAsync(
            () -> synchronize(request("*.yaml").toBuilder().setCommitId(commit).build()));
    await().until(() -> !gitaly.takeCalls().isEmpty());

    kas.expire();

    assertThat(answers.get(10, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void forgetsAnAgentThatWentAway() throws Exception {
    String commit = push(Map.of("a.yaml", "a"));
    Context.CancellableContext client = Context.ROOT.withCancellation();
    Runnable wait = () -> synchronize(request("*.yaml").toBuilder().setCommitId(commit).build());
    CompletableFuture<Void> gone = CompletableFuture.runAsync(client.wrap(wait));
    await().until(() -> pushes.subscribers(PROJECT) == 1);

    client.cancel(null);

    assertThatThrownBy(() -> gone.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    await().until(() -> pushes.subscribers(PROJECT) == 0);
  }

  @Test
  void readsNoFurtherThanTheAgentDoes() throws Exception {
    Map<String, String> files = new HashMap<>();
    for (int i = 0; i < 40; i++) {
      files.put("f" + i, "x".repeat(400 * 1024));
    }
    push(files);
    ClientCall<ObjectsToSynchronizeRequest, ObjectsToSynchronizeResponse> call =
        kas.channel().newCall(GitopsGrpc.getGetObjectsToSynchronizeMethod(), CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.sendMessage(request("f*"));
    call.halfClose();

    call.request(1);
    await().until(() -> !gitaly.takeCalls().isEmpty());
    await().during(Duration.ofMillis(300)).until(() -> gitaly.takeCalls().isEmpty());

    assertThat(counted).isEmpty();
    call.cancel("enough", null);
  }

  private void assertRefused(ObjectsToSynchronizeRequest request, String text) {
    assertThatThrownBy(() -> synchronize(request))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith(
            "FAILED_PRECONDITION: GitOps: failed to get objects to synchronize: ")
        .hasMessageContaining(text);
  }

  private FeatureServer serve(GitopsSettings settings) throws Exception {
    UsageCounters usage =
        new UsageCounters() {
          @Override
          public void increment(String counter) {
            counted.add(counter);
          }

          @Override
          public void addUnique(String counter, long id) {
            counted.add(counter + " " + id);
          }
        };
    return new FeatureServer(
        new Gitops(
            settings,
            token -> agents.agent(token),
            (token, path) -> projects.project(token, path),
            git.repositories(),
            pushes,
            usage,
            QUICK,
            InstantSource.system(),
            RandomGenerator.getDefault()));
  }

  private static AgentInfo refuse(Status.Code code) throws StatusException {
    throw code.toStatus().withDescription("refused").asException();
  }

  private static CountDownLatch released() {
    return new CountDownLatch(0);
  }

  private AgentInfo agent() {
    return new AgentInfo(
        5, 10, "agent", gitaly.info(), ScriptedGitaly.entity("group/config"), "main");
  }

  private ProjectInfo project() {
    return new ProjectInfo(77, gitaly.info(), ScriptedGitaly.entity(PROJECT), "main");
  }

  private String push(Map<String, String> files) {
    String commit = gitaly.commit(files);
    gitaly.point("refs/heads/main", commit);
    return commit;
  }

  private static ObjectsToSynchronizeRequest request(String... globs) {
    ObjectsToSynchronizeRequest.Builder request =
        ObjectsToSynchronizeRequest.newBuilder().setProjectId(PROJECT);
    for (String glob : globs.length == 0 ? new String[] {"*"} : globs) {
      request.addPaths(PathCF.newBuilder().setGlob(glob));
    }
    return request.build();
  }

  private static ObjectsToSynchronizeRequest at(GitRefCF.Builder ref) {
    return request("*.yaml").toBuilder().setRef(ref).build();
  }

  private Iterator<ObjectsToSynchronizeResponse> call(ObjectsToSynchronizeRequest request) {
    return GitopsGrpc.newBlockingStub(kas.channel())
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .getObjectsToSynchronize(request);
  }

  private List<ObjectsToSynchronizeResponse> synchronize(ObjectsToSynchronizeRequest request) {
    List<ObjectsToSynchronizeResponse> answers = new ArrayList<>();
    call(request).forEachRemaining(answers::add);
    return answers;
  }

  private static Map<String, String> files(List<ObjectsToSynchronizeResponse> answers) {
    Map<String, String> files = new LinkedHashMap<>();
    for (ObjectsToSynchronizeResponse answer : answers) {
      if (answer.hasObject()) {
        files.merge(
            answer.getObject().getSource(),
            answer.getObject().getData().toStringUtf8(),
            String::concat);
      }
    }
    return files;
  }
}
