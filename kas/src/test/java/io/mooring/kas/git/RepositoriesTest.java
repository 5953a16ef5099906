package io.mooring.kas.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.config.GitalySettings;
import io.mooring.kas.config.TokenBucket;
import io.mooring.kas.git.GitalyException.Code;
import io.mooring.protocol.jwt.GitalyToken;
import io.mooring.protocol.secret.Secret;
import io.mooring.wire.entity.GitalyInfo;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RepositoriesTest {
  private static final TreeScope ALL = new TreeScope(".", true);
  private static final String MAIN = "refs/heads/main";
  private static final GitalySettings UNLIMITED =
      new GitalySettings(new TokenBucket(1e6, 1_000_000), new TokenBucket(1e6, 1_000_000));

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Traffic traffic = new Traffic();
  private ScriptedGitaly gitaly;
  private GitalyServers servers;
  private Repositories repositories;
  private Repository repository;

  @BeforeEach
  void start() throws Exception {
    gitaly = new ScriptedGitaly();
    servers = new GitalyServers(UNLIMITED, loops, "gitlab-kas/test/test", InstantSource.system());
    repositories = new Repositories(servers, new CacheSizes(8 << 20, 8 << 20));
    repository = new Repository(gitaly.info(), ScriptedGitaly.entity("group/project"));
  }

  @AfterEach
  void stop() throws Exception {
    servers.close();
    gitaly.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  @Test
  void readsANewCommitByWhatItChanged() throws Exception {
    Map<String, String> files =
        new HashMap<>(Map.of("a.yaml", "a", "b/c.yaml", "c", "b/d.yaml", "d"));
    String first = gitaly.commit(files);
    readAll(first);
    files.put("b/c.yaml", "C");
    files.put("b/e.yaml", "e");
    files.remove("b/d.yaml");
    String second = gitaly.commit(files);
    gitaly.takeCalls();

    Map<String, String> read = readAll(second);

    assertThat(read).isEqualTo(files);
    assertThat(gitaly.takeCalls())
        .containsExactly(
            "FindChangedPaths", "TreeEntry b/c.yaml max 1000", "TreeEntry b/e.yaml max 1000");
  }

  @Test
  void asksOnceWhatChangedForAllDirectoriesOfInterest() throws Exception {
    String first = gitaly.commit(Map.of("a/1", "a", "b/1", "b", "c/1", "c"));
    String second = gitaly.commit(Map.of("a/1", "A", "b/1", "b", "c/1", "c"));
    for (String commit : List.of(first, second)) {
      gitaly.takeCalls();
      for (String path : List.of("a", "b", "c")) {
        repositories.tree(repository, MAIN, commit, new TreeScope(path, true), 1000, traffic);
      }
    }

    assertThat(gitaly.takeCalls()).containsExactly("FindChangedPaths");
  }

  @Test
  void readsNothingTwiceForOneCommit() throws Exception {
    String commit = gitaly.commit(Map.of("a.yaml", "a", "b.yaml", "b"));
    readAll(commit);
    gitaly.takeCalls();

    readAll(commit);

    assertThat(gitaly.takeCalls()).isEmpty();
  }

  @Test
  void goesBackToACommitBeforeLikeToAnyOther() throws Exception {
    String first = gitaly.commit(Map.of("a.yaml", "a", "b.yaml", "b"));
    String second = gitaly.commit(Map.of("a.yaml", "A"));
    readAll(first);
    readAll(second);
    gitaly.takeCalls();

    assertThat(readAll(first)).isEqualTo(Map.of("a.yaml", "a", "b.yaml", "b"));
    assertThat(gitaly.takeCalls())
        .startsWith("FindChangedPaths")
        .doesNotContain("GetTreeEntries . recursive");
  }

  @Test
  void takesContentsKnownByTheirIdFromMemoryWhenTheServerTellsIt() throws Exception {
    gitaly.tellBlobIds();
    readAll(gitaly.commit(Map.of("a.yaml", "same")));
    gitaly.takeCalls();

    readAll(gitaly.commit(Map.of("a.yaml", "same", "moved/a.yaml", "same")));

    assertThat(gitaly.takeCalls()).containsExactly("FindChangedPaths");
  }

  @Test
  void listsTheTreeWhenTheServerCannotTellChanges() throws Exception {
    readAll(gitaly.commit(Map.of("a.yaml", "a", "b.yaml", "b")));
    String second = gitaly.commit(Map.of("a.yaml", "A", "b.yaml", "b"));
    gitaly.takeCalls();
    gitaly.next("FindChangedPaths", new ScriptedGitaly.Fault.Fail(Status.UNIMPLEMENTED));

    assertThat(readAll(second)).isEqualTo(Map.of("a.yaml", "A", "b.yaml", "b"));
    assertThat(gitaly.takeCalls())
        .containsExactly(
            "FindChangedPaths", "GetTreeEntries . recursive", "TreeEntry a.yaml max 1000");
  }

  @Test
  void listsTheTreeWhenMoreChangedThanAListingIsLong() throws Exception {
    Map<String, String> files = new HashMap<>(Map.of("a.yaml", "a"));
    String first = gitaly.commit(files);
    repositories.tree(repository, MAIN, first, ALL, 1000, traffic);
    for (int i = 0; i < 200; i++) {
      files.put("many/" + i, "x");
    }
    String second = gitaly.commit(files);
    gitaly.takeCalls();

    Tree tree = repositories.tree(repository, MAIN, second, ALL, 1000, traffic);

    assertThat(tree.files()).hasSize(201);
    assertThat(gitaly.takeCalls())
        .containsExactly("FindChangedPaths", "GetTreeEntries . recursive");
  }

  @Test
  void asksWhetherADirectoryIsGoneWhenAllItsFilesAre() throws Exception {
    TreeScope scope = new TreeScope("dir", false);
    String first = gitaly.commit(Map.of("dir/a.yaml", "a", "b.yaml", "b"));
    String second = gitaly.commit(Map.of("b.yaml", "b"));
    repositories.tree(repository, MAIN, first, scope, 1000, traffic);

    assertThatThrownBy(() -> repositories.tree(repository, MAIN, second, scope, 1000, traffic))
        .isInstanceOf(GitalyException.class)
        .hasMessageStartingWith(
            "NotFound: GetTreeEntries: file/directory/ref not found: dir: INVALID_ARGUMENT");
  }

  @Test
  void keepsBranchesApart() throws Exception {
    String main = gitaly.commit(Map.of("a.yaml", "main"));
    String other = gitaly.commit(Map.of("a.yaml", "other", "b.yaml", "b"));
    readAll(main);
    gitaly.takeCalls();

    repositories.tree(repository, "refs/heads/other", other, ALL, 1000, traffic);

    assertThat(gitaly.takeCalls()).containsExactly("GetTreeEntries . recursive");
  }

  @Test
  void endsAListingThatIsLongerThanWanted() throws Exception {
    Map<String, String> files = new HashMap<>();
    for (int i = 0; i < 500; i++) {
      files.put("f" + i, "x");
    }

    Tree tree = repositories.tree(repository, MAIN, gitaly.commit(files), ALL, 100, traffic);

    assertThat(tree.complete()).isFalse();
    assertThat(tree.files()).hasSize(101);
  }

  @Test
  void sharesOneAnswerAmongAllWhoAskTheSame() throws Exception {
    String commit = gitaly.commit(Map.of("a.yaml", "a"));
    CountDownLatch asked = new CountDownLatch(1);
    gitaly.next("GetTreeEntries", new ScriptedGitaly.Fault.Hold(asked));

    List<Future<Tree>> trees;
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Tree> ask =
          () -> repositories.tree(repository, MAIN, commit, ALL, 1000, new Traffic());
      trees = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        trees.add(callers.submit(ask));
      }
      await().until(() -> gitaly.takeCalls().contains("GetTreeEntries . recursive"));
      asked.countDown();
    }

    for (Future<Tree> tree : trees) {
      assertThat(tree.get().files()).hasSize(1);
    }
    assertThat(gitaly.takeCalls()).isEmpty();
  }

  @Tag("fault-58")
  @Test
  void looksAtARefOnceMoreForAllWhoCameWhileSomebodyLooked() throws Exception {
    String before = gitaly.commit(Map.of());
    String after = gitaly.commit(Map.of());
    gitaly.point(MAIN, before);
    CountDownLatch pushed = new CountDownLatch(1);
    gitaly.next("InfoRefsUploadPack", new ScriptedGitaly.Fault.Hold(pushed));

    Future<RefTip> first;
    List<Future<RefTip>> later = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      first = callers.submit(() -> repositories.tip(repository, MAIN, traffic));
      await().until(() -> !gitaly.takeCalls().isEmpty());
      gitaly.point(MAIN, after);
      for (int i = 0; i < 100; i++) {
        later.add(callers.submit(() -> repositories.tip(repository, MAIN, traffic)));
      }
      pushed.countDown();
    }

    assertThat(first.get()).isEqualTo(new RefTip.Found(before));
    for (Future<RefTip> tip : later) {
      assertThat(tip.get()).isEqualTo(new RefTip.Found(after));
    }
    assertThat(gitaly.takeCalls().size()).isBetween(1, 100);
  }

  @Tag("fault-59")
  @Test
  void givesNoHalfOfAFile() throws Exception {
    String commit = gitaly.commit(Map.of("big", "x".repeat(200_000)));
    TreeFile file = TreeFile.named("big", commit);
    gitaly.next(
        "TreeEntry", new ScriptedGitaly.Fault.CutAfter(2), new ScriptedGitaly.Fault.WrongSize());

    assertThatThrownBy(() -> repositories.content(repository, commit, file, 1 << 20, traffic))
        .isInstanceOf(GitalyException.class)
        .hasMessage("RpcError: TreeEntry: RPC failed: big: UNAVAILABLE: the connection broke");
    assertThatThrownBy(() -> repositories.content(repository, commit, file, 1 << 20, traffic))
        .isInstanceOf(GitalyException.class)
        .hasMessage(
            "ProtocolError: TreeEntry: unexpected answer: big: 200000 bytes came (expected: 200001)");
    assertThat(repositories.content(repository, commit, file, 1 << 20, traffic).size())
        .isEqualTo(200_000);
  }

  @Tag("fault-59")
  @Test
  void givesNoHalfOfAListing() throws Exception {
    Map<String, String> files = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      files.put("f" + i, "x");
    }
    String commit = gitaly.commit(files);
    gitaly.next("GetTreeEntries", new ScriptedGitaly.Fault.CutAfter(1));

    assertThatThrownBy(() -> repositories.tree(repository, MAIN, commit, ALL, 1000, traffic))
        .isInstanceOfSatisfying(
            GitalyException.class, e -> assertThat(e.code()).isEqualTo(Code.RPC_ERROR));
    assertThat(repositories.tree(repository, MAIN, commit, ALL, 1000, traffic).files())
        .hasSize(300);
  }

  @Tag("fault-59")
  @Test
  void failsWhenNobodyListens() {
    GitalyInfo nobody = GitalyInfo.newBuilder().setAddress("tcp://127.0.0.1:1").build();
    Repository elsewhere = new Repository(nobody, repository.entity());

    assertThatThrownBy(() -> repositories.tip(elsewhere, MAIN, traffic))
        .isInstanceOfSatisfying(GitalyException.class, e -> assertThat(e.causedByUser()).isFalse())
        .hasMessageStartingWith(
            "RpcError: InfoRefsUploadPack: RPC failed: refs/heads/main: UNAVAILABLE");
  }

  @Test
  void saysWhichAddressItDoesNotUnderstand() {
    GitalyInfo odd = GitalyInfo.newBuilder().setAddress("tcp://host:1/path").build();
    Repository elsewhere = new Repository(odd, repository.entity());

    assertThatThrownBy(() -> repositories.tip(elsewhere, MAIN, traffic))
        .isInstanceOf(GitalyException.class)
        .hasMessageContaining("tcp://host:1/path (expected: ");
  }

  @Test
  void keepsToTheSizeAskedForAlsoForContentsFromMemory() throws Exception {
    String commit = gitaly.commit(Map.of("a", "12345"));
    TreeFile file = TreeFile.named("a", commit);
    repositories.content(repository, commit, file, 5, traffic);

    assertThatThrownBy(() -> repositories.content(repository, commit, file, 4, traffic))
        .isInstanceOf(GitalyException.class)
        .hasMessage(
            "FileTooBig: TreeEntry: file is too big: a: object size (5) is bigger than the maximum allowed size (4)");
  }

  @Tag("wire-26")
  @Test
  void sendsAFreshTokenWhenThereIsOneAndNothingWhenNot() throws Exception {
    gitaly.point(MAIN, gitaly.commit(Map.of()));
    GitalyInfo withToken =
        gitaly.info().toBuilder()
            .setToken("a secret")
            .putFeatures("gitaly-feature-some-flag", "true")
            .build();

    repositories.tip(repository, MAIN, traffic);
    repositories.tip(new Repository(withToken, repository.entity()), MAIN, traffic);

    Metadata.Key<String> authorization =
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    Metadata.Key<String> flag =
        Metadata.Key.of("gitaly-feature-some-flag", Metadata.ASCII_STRING_MARSHALLER);
    assertThat(gitaly.headers().get(0).get(authorization)).isNull();
    assertThat(gitaly.headers().get(0).get(flag)).isNull();
    String header = gitaly.headers().get(1).get(authorization);
    assertThat(header).matches("Bearer v2\\.[0-9a-f]{64}\\.[0-9]+");
    assertThat(
            GitalyToken.verify(
                Secret.of("a secret"), String.valueOf(header), InstantSource.system().instant()))
        .isEqualTo(GitalyToken.Verdict.ACCEPTED);
    assertThat(gitaly.headers().get(1).get(flag)).isEqualTo("true");
  }

  @Test
  void countsWhatCameFromGit() throws Exception {
    String commit = gitaly.commit(Map.of("a", "x".repeat(10_000)));

    repositories.content(repository, commit, TreeFile.named("a", commit), 1 << 20, traffic);

    assertThat(traffic.bytes()).isBetween(10_000L, 10_200L);
    assertThat(traffic.calls()).isEqualTo(1);
  }

  private Map<String, String> readAll(String commit) throws Exception {
    Map<String, String> read = new HashMap<>();
    for (TreeFile file : repositories.tree(repository, MAIN, commit, ALL, 1000, traffic).files()) {
      read.put(
          file.path(),
          repositories.content(repository, commit, file, 1000, traffic).toStringUtf8());
    }
    return read;
  }

  @Test
  void nobodyWaitsForHisTurnAfterTheEnd() throws Exception {
    gitaly.point(MAIN, gitaly.commit(Map.of()));
    TokenBucket slow = new TokenBucket(0.01, 1);
    GitalyServers limited =
        new GitalyServers(
            new GitalySettings(slow, slow), loops, "gitlab-kas/test/test", InstantSource.system());
    Repositories patient = new Repositories(limited, new CacheSizes(8 << 20, 8 << 20));
    patient.tip(repository, MAIN, traffic);

    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<RefTip> waiting = callers.submit(() -> patient.tip(repository, MAIN, traffic));
      assertThat(waiting).isNotDone();
      limited.close();

      assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(StatusException.class)
          .hasMessageContaining("nobody waits");
    }
  }

  @Test
  void saysWhichLimitIsInTheWayWhenWaitingIsUseless() throws Exception {
    TokenBucket never = new TokenBucket(0, 0);
    try (GitalyServers limited =
        new GitalyServers(
            new GitalySettings(new TokenBucket(1, 1), never),
            loops,
            "gitlab-kas/test/test",
            InstantSource.system())) {
      Repositories strict = new Repositories(limited, new CacheSizes(8 << 20, 8 << 20));

      assertThatThrownBy(() -> strict.tip(repository, MAIN, traffic))
          .isInstanceOf(GitalyException.class)
          .hasMessageContaining("RESOURCE_EXHAUSTED: gitaly.per_server_api_rate_limit");
    }
  }
}
