package io.mooring.kas.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.config.AgentConfigurationSettings;
import io.mooring.kas.git.GitFixture;
import io.mooring.kas.git.ScriptedGitaly;
import io.mooring.kas.git.ScriptedGitaly.Fault;
import io.mooring.kas.gitlab.ConfigurationSink;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.notifications.TestPushes;
import io.mooring.kas.rpc.FeatureServer;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.protocol.yaml.Problem;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.ConfigurationFile;
import io.mooring.wire.agentcfg.ManifestProjectCF;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationGrpc;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationResponse;
import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import io.mooring.wire.entity.AgentMeta;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigurationsTest {
  private static final String PROJECT = "group/config";
  private static final String FILE = ".gitlab/agents/agent/config.yaml";
  private static final String URL = "https://gitlab.example.com";
  private static final BackoffPolicy QUICK =
      new BackoffPolicy(Duration.ofMillis(20), Duration.ofMillis(40), Duration.ofSeconds(1), 2, 0);

  private final GitFixture git = new GitFixture();
  private final TestPushes pushes = new TestPushes();
  private final Sink sink = new Sink();
  private final List<ConnectedAgentInfo> connected = new CopyOnWriteArrayList<>();
  private ScriptedGitaly gitaly;
  private FeatureServer kas;
  private volatile AgentLookup agents = token -> agent();

  @BeforeEach
  void start() throws Exception {
    gitaly = new ScriptedGitaly();
    kas = serve(Duration.ofMinutes(5));
  }

  @AfterEach
  void stop() {
    kas.close();
    git.close();
    gitaly.close();
  }

  @Tag("wire-31")
  @Test
  void sendsTheConfigurationAndStaysSilentForWhoHasIt() throws Exception {
    String commit = push("gitops:\n  manifest_projects:\n  - id: group/manifests\n");

    ConfigurationResponse first = connect(request("")).take();

    assertThat(first.getCommitId()).isEqualTo(commit);
    assertThat(first.getConfiguration().getGitops().getManifestProjects(0).getId())
        .isEqualTo("group/manifests");

    Answers again = connect(request(commit));
    await().until(() -> pushes.subscribers(PROJECT) == 2);
    assertThat(again.isSilent()).isTrue();
    String next = push("{}");
    pushes.push(PROJECT);

    assertThat(again.take().getCommitId()).isEqualTo(next);
  }

  @Tag("wire-32")
  @ParameterizedTest
  @CsvSource(
      nullValues = "missing",
      value = {"missing", "''", "null", "'# nothing\n'", "---"})
  void takesAMissingOrEmptyFileForAnEmptyConfiguration(String text) throws Exception {
    push(text == null ? Map.of("README.md", "no configuration") : Map.of(FILE, text));

    AgentConfiguration configuration = connect(request("")).take().getConfiguration();

    assertThat(configuration)
        .isEqualTo(
            AgentConfiguration.newBuilder()
                .setAgentId(5)
                .setProjectId(10)
                .setProjectPath(PROJECT)
                .setGitlabExternalUrl(URL)
                .build());
  }

  @Tag("wire-33")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gitops:\\n  manifests: []|:2:3: ",
        "gitops:\\n  manifest_projects:\\n  - reconcile_timeout: 5m|:3:24: ",
        "gitops: [|:",
        "observability:\\n  logging:\\n    level: loud|:3:12: ",
        "container_scanning:\\n  resource_requirements: {}|: ",
      })
  void refusesAFileThatCannotBeUsedAndSaysWhere(String text, String position) throws Exception {
    String commit = push(text.replace("\\n", "\n"));

    Answers answers = connect(request(""));

    StatusRuntimeException end = answers.failure();
    assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(end.getStatus().getDescription())
        .startsWith("Config: " + FILE + position)
        .contains("(expected: ");
    await().until(() -> !sink.rejected.isEmpty());
    assertThat(sink.rejected).containsOnlyKeys(commit);
    assertThat(String.valueOf(end.getMessage()))
        .contains(sink.rejected.getOrDefault(commit, List.of()).getFirst().toString());
    assertThat(sink.applied).isEmpty();
  }

  @Tag("wire-33")
  @Tag("fault-46")
  @Test
  void refusesAFileThatIsTooLargeOrNone() throws Exception {
    push("# " + "x".repeat(129 * 1024));
    assertThat(connect(request("")).failure().getStatus().getDescription())
        .startsWith("Config: FileTooBig: TreeEntry: file is too big: " + FILE)
        .endsWith(
            "(expected: at most 131072 bytes, agent.configuration.max_configuration_file_size of kas)");

    push(Map.of(FILE + "/file", "a directory"));
    assertThat(connect(request("")).failure().getStatus().getDescription())
        .startsWith(
            "Config: UnexpectedTreeEntryType: TreeEntry: file is not a usual file: " + FILE);
    await().until(() -> sink.rejected.size() == 2);
  }

  @Tag("fault-46")
  @ParameterizedTest
  @CsvSource({
    "binary",
    "tabs",
    "billionLaughs",
    "deep",
    "mergeCycle",
    "wrongTypes",
    "notUtf8",
    "manyProblems"
  })
  void answersAtOnceToWhateverIsPushed(String kind) {
    gitaly.point("refs/heads/main", gitaly.commitBytes(Map.of(FILE, monster(kind))));

    StatusRuntimeException end =
        Assertions.assertTimeout(Duration.ofSeconds(10), () -> connect(request("")).failure());

    assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(end.getStatus().getDescription())
        .startsWith("Config: " + FILE)
        .hasSizeLessThan(8000);
  }

  @Tag("fault-46")
  @Test
  void takesTheLastOfTwoEqualKeysAndAByteOrderMark() throws Exception {
    push("\uFEFFobservability:\n  logging:\n    level: warn\n    level: debug\n");

    assertThat(
            connect(request(""))
                .take()
                .getConfiguration()
                .getObservability()
                .getLogging()
                .getLevelValue())
        .isEqualTo(1);
  }

  @Tag("fault-46")
  @Test
  void sendsTheNextGoodFileAfterABadOne() throws Exception {
    String good = push("{}");
    connect(request("")).take();
    push("nonsense: true");
    assertThat(connect(request(good)).failure().getStatus().getCode())
        .isEqualTo(Status.Code.FAILED_PRECONDITION);

    String repaired = push("{}");

    assertThat(connect(request(good)).take().getCommitId()).isEqualTo(repaired);
  }

  @Test
  void endsAnOpenStreamWhenABadFileIsPushedAndTellsGitLabOnceForManyAttempts() throws Exception {
    push("{}");
    Answers answers = connect(request(""));
    String good = answers.take().getCommitId();

    String bad = push("nonsense: true");
    pushes.push(PROJECT);

    assertThat(answers.failure().getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    for (int i = 0; i < 3; i++) {
      connect(request(good)).failure();
    }
    await().until(() -> sink.rejections.size() == 1);
    assertThat(sink.rejections).containsExactly("5 " + bad);
  }

  @Test
  void tellsGitLabThatAFileIsGoodAgainWhenTheBranchGoesBackToIt() throws Exception {
    String good = push("{}");
    connect(request("")).take();
    push("nonsense: true");
    connect(request(good)).failure();
    await().until(() -> sink.applied.size() == 1);

    gitaly.point("refs/heads/main", good);
    Answers answers = connect(request(good));

    await().until(() -> sink.applied.size() == 2);
    assertThat(answers.isSilent()).isTrue();
  }

  @Tag("wire-34")
  @Test
  void refusesAMissingBranch() throws Exception {
    gitaly.point("refs/heads/other", gitaly.commit(Map.of("a", "a")));

    assertThat(connect(request("")).failure())
        .hasMessage(
            "NOT_FOUND: Config: repository poll failed: NotFound: InfoRefsUploadPack: "
                + "file/directory/ref not found: refs/heads/main");
  }

  @Tag("wire-34")
  @Tag("fault-50")
  @Test
  void keepsTheStreamOpenWhileTheRepositoryIsEmpty() throws Exception {
    Answers answers = connect(request(""));
    await().until(() -> gitaly.takeCalls().contains("InfoRefsUploadPack"));
    assertThat(answers.isSilent()).isTrue();

    String commit = push("{}");
    pushes.push(PROJECT);

    assertThat(answers.take().getCommitId()).isEqualTo(commit);
  }

  @Tag("wire-35")
  @Test
  void tellsGitLabOfEveryNewCommitWithoutMakingTheAgentWait() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    sink.answers = slow;
    push("ci_access:\n  projects:\n  - id: group/app\nuser_access:\n  access_as:\n    agent: {}\n");

    Answers answers = connect(request(""));

    assertThat(answers.take().getConfiguration().getCiAccess().getProjects(0).getId())
        .isEqualTo("group/app");
    assertThat(sink.applied).isEmpty();
    slow.countDown();
    await().until(() -> sink.applied.size() == 1);
    assertThat(sink.applied.getFirst().getUserAccess().hasAccessAs()).isTrue();

    gitaly.point(
        "refs/heads/main", gitaly.commit(Map.of(FILE, "ci_access: {}", "other", "changed")));
    pushes.push(PROJECT);
    answers.take();
    await().until(() -> sink.applied.size() == 2);
  }

  @Tag("wire-36")
  @Test
  void sendsAPushedConfigurationAtOnceAndOneThatNobodyToldOfAfterTheInterval() throws Exception {
    String first = push("{}");
    Answers answers = connect(request(first));
    await().until(() -> !gitaly.takeCalls().isEmpty());
    String second = push("{}");
    pushes.push(PROJECT);
    assertThat(answers.take().getCommitId()).isEqualTo(second);

    kas.close();
    kas = serve(Duration.ofMillis(50));
    Answers polled = connect(request(second));
    await().until(() -> !gitaly.takeCalls().isEmpty());
    String third = push("{}");

    assertThat(polled.take().getCommitId()).isEqualTo(third);
  }

  @Tag("wire-37")
  @Test
  void sendsWhatTheFileSaysWithoutDefaultsAndWithoutUserAccess() throws Exception {
    push(
        """
        gitops:
          manifest_projects:
          - prune: false
        user_access:
          access_as:
            agent: {}
          projects:
          - id: group/app
        remote_development:
          enabled: true
        flux:
          webhook_receiver_url: https://example.com
        """);

    AgentConfiguration configuration = connect(request("")).take().getConfiguration();

    ManifestProjectCF project = configuration.getGitops().getManifestProjects(0);
    assertThat(project).isEqualTo(ManifestProjectCF.newBuilder().setPrune(false).build());
    assertThat(configuration.getRemoteDevelopment().getEnabled()).isTrue();
    assertThat(configuration.getFlux().getWebhookReceiverUrl()).isEqualTo("https://example.com");
    assertThat(configuration.toString()).doesNotContain("group/app");
    assertThat(configuration.hasObservability()).isFalse();
  }

  @Tag("wire-38")
  @Test
  void listsAnAgentThatDoesNotRegisterItselfWhileItsStreamIsOpen() throws Exception {
    push("{}");
    AgentMeta meta = AgentMeta.newBuilder().setVersion("v14.1.1").setPodName("agent-1").build();
    Context.CancellableContext client = Context.ROOT.withCancellation();

    Answers answers = connect(client, ConfigurationRequest.newBuilder().setAgentMeta(meta).build());
    answers.take();

    assertThat(connected)
        .singleElement()
        .satisfies(info -> {
          assertThat(info.getAgentMeta()).isEqualTo(meta);
          assertThat(info.getAgentId()).isEqualTo(5);
          assertThat(info.getProjectId()).isEqualTo(10);
          assertThat(info.getConnectionId()).isNotNegative();
          assertThat(info.hasConnectedAt()).isTrue();
        });
    client.cancel(null);
    await().until(connected::isEmpty);
  }

  @Test
  void doesNotListAnAgentThatRegistersItself() throws Exception {
    push("{}");

    connect(request("")).take();

    assertThat(connected).isEmpty();
  }

  @Tag("wire-95")
  @Tag("fault-65")
  @ParameterizedTest
  @CsvSource({
    "v14.1.1,false,1",
    "14.9.0-rc1,false,1",
    "v15.3.0,false,2",
    "v0.0.0,false,2",
    "v16.5.0,true,2"
  })
  void givesOldAgentsWhatTheyUnderstand(String version, boolean registers, int projects)
      throws Exception {
    push(
        """
        gitops:
          manifest_projects:
          - default_namespace: a
          - id: group/other
            ref: {tag: v1}
        """);

    AgentConfiguration configuration =
        connect(
                ConfigurationRequest.newBuilder()
                    .setAgentMeta(AgentMeta.newBuilder().setVersion(version))
                    .setSkipRegister(registers)
                    .build())
            .take()
            .getConfiguration();

    assertThat(configuration.getGitops().getManifestProjectsList()).hasSize(projects);
    ManifestProjectCF first = configuration.getGitops().getManifestProjects(0);
    assertThat(first.getId()).isEqualTo(registers ? "" : PROJECT);
    assertThat(first.getDefaultNamespace()).isEqualTo("a");
  }

  @Tag("fault-59")
  @Test
  void looksAgainWhenGitalyFails() throws Exception {
    push("{}");
    gitaly.next("InfoRefsUploadPack", new Fault.Fail(Status.UNAVAILABLE), new Fault.CutAfter(0));
    gitaly.next(
        "TreeEntry",
        new Fault.Fail(Status.INTERNAL),
        new Fault.CutAfter(1),
        new Fault.Fail(Status.DEADLINE_EXCEEDED));

    assertThat(connect(request("")).take().getConfiguration().getAgentId()).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND"})
  void endsWithWhatGitLabSaysOfTheAgent(Status.Code code) throws Exception {
    agents =
        token -> {
          throw code.toStatus().withDescription("refused").asException();
        };

    assertThat(connect(request("")).failure()).hasMessage(code + ": refused");
  }

  @Test
  void asksGitLabAgainWhileItIsUnavailable() throws Exception {
    push("{}");
    List<String> asked = new CopyOnWriteArrayList<>();
    agents =
        token -> {
          asked.add("agent");
          if (asked.size() < 3) {
            throw Status.UNAVAILABLE.asException();
          }
          return agent();
        };

    assertThat(connect(request("")).take().getConfiguration().getAgentId()).isEqualTo(5);
  }

  @Test
  void endsCleanlyWhenTheConnectionGotOld() throws Exception {
    push("{}");
    Answers answers = connect(request(""));
    answers.take();

    kas.expire();

    assertThat(answers.endedWell()).isTrue();
  }

  private FeatureServer serve(Duration interval) throws Exception {
    return new FeatureServer(
        new Configurations(
            new AgentConfigurationSettings(interval, 128 * 1024),
            URL,
            token -> agents.agent(token),
            git.repositories(),
            pushes,
            info -> {
              connected.add(info);
              return () -> connected.remove(info);
            },
            sink,
            QUICK,
            InstantSource.system(),
            RandomGenerator.getDefault()));
  }

  private AgentInfo agent() {
    return new AgentInfo(5, 10, "agent", gitaly.info(), ScriptedGitaly.entity(PROJECT), "main");
  }

  private String push(String file) {
    return push(Map.of(FILE, file));
  }

  private String push(Map<String, String> files) {
    String commit = gitaly.commit(files);
    gitaly.point("refs/heads/main", commit);
    return commit;
  }

  private static ByteString monster(String kind) {
    return switch (kind) {
      case "binary" -> ByteString.copyFrom(new byte[] {0, 1, 2, 3, 'a', ':', 7});
      case "tabs" -> ByteString.copyFromUtf8("gitops:\n\tmanifest_projects: []\n");
      case "billionLaughs" -> ByteString.copyFromUtf8(laughs());
      case "deep" -> ByteString.copyFromUtf8("gitops: " + "[".repeat(10_000) + "]".repeat(10_000));
      case "mergeCycle" ->
          ByteString.copyFromUtf8("gitops: &a\n  <<: *a\n  manifest_projects: 1\n");
      case "wrongTypes" -> ByteString.copyFromUtf8("gitops: 17\nci_access: [a]\nflux: text\n");
      case "notUtf8" ->
          ByteString.copyFrom(new byte[] {'f', 'l', 'u', 'x', ':', ' ', (byte) 0xff, (byte) 0xfe});
      default -> ByteString.copyFromUtf8("\u00fcnknown: 1\n".repeat(1) + keys());
    };
  }

  private static String laughs() {
    StringBuilder text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
      text.append("a").append(i).append(": &a").append(i).append(" [");
      text.append(("*a" + (i - 1) + ",").repeat(10)).setLength(text.length() - 1);
      text.append("]\n");
    }
    return text.toString();
  }

  private static String keys() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      text.append("\u00fcnknown").append(i).append(": 1\n");
    }
    return text.toString();
  }

  private static ConfigurationRequest request(String commit) {
    return ConfigurationRequest.newBuilder().setCommitId(commit).setSkipRegister(true).build();
  }

  private Answers connect(ConfigurationRequest request) {
    return connect(Context.ROOT, request);
  }

  private Answers connect(Context context, ConfigurationRequest request) {
    Answers answers = new Answers();
    context.run(() ->
        AgentConfigurationGrpc.newStub(kas.channel())
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .getConfiguration(request, answers));
    return answers;
  }

  /** What one stream brought. */
  private static final class Answers implements StreamObserver<ConfigurationResponse> {
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    @Override
    public void onNext(ConfigurationResponse value) {
      events.add(value);
    }

    @Override
    public void onError(Throwable t) {
      events.add(t);
    }

    @Override
    public void onCompleted() {
      events.add("end");
    }

    ConfigurationResponse take() throws InterruptedException {
      Object event = events.poll(20, TimeUnit.SECONDS);
      assertThat(event).isInstanceOf(ConfigurationResponse.class);
      return (ConfigurationResponse) event;
    }

    StatusRuntimeException failure() throws InterruptedException {
      Object event = events.poll(20, TimeUnit.SECONDS);
      assertThat(event).isInstanceOf(StatusRuntimeException.class);
      return (StatusRuntimeException) event;
    }

    boolean endedWell() throws InterruptedException {
      return "end".equals(events.poll(20, TimeUnit.SECONDS));
    }

    boolean isSilent() {
      return events.isEmpty();
    }
  }

  /** What GitLab was told. */
  private static final class Sink implements ConfigurationSink {
    final List<ConfigurationFile> applied = new CopyOnWriteArrayList<>();
    final Map<String, List<Problem>> rejected = new ConcurrentHashMap<>();
    final List<String> rejections = new CopyOnWriteArrayList<>();
    volatile CountDownLatch answers = new CountDownLatch(0);

    @Override
    public void configurationApplied(long agentId, ConfigurationFile file) {
      try {
        if (!answers.await(20, TimeUnit.SECONDS)) {
          throw new IllegalStateException("GitLab never answered");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      applied.add(file);
    }

    @Override
    public void rejected(long agentId, String commitId, List<Problem> problems) {
      rejected.put(commitId, problems);
      rejections.add(agentId + " " + commitId);
    }
  }
}
