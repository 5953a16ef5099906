package io.mooring.gitaly;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.mooring.testkit.git.GitCommand;
import io.mooring.wire.gitaly.CommitServiceGrpc;
import io.mooring.wire.gitaly.InfoRefsRequest;
import io.mooring.wire.gitaly.InfoRefsResponse;
import io.mooring.wire.gitaly.PostReceivePackRequest;
import io.mooring.wire.gitaly.PostReceivePackResponse;
import io.mooring.wire.gitaly.SmartHTTPServiceGrpc;
import io.mooring.wire.gitaly.TreeEntryRequest;
import io.mooring.wire.gitaly.TreeEntryResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers that read slowly, stop reading, or go away. */
class FlowControlTest {
  private static final String REPOSITORY = "project.git";
  private static final int SIZE = 32 << 20;

  @TempDir Path directory;

  private TestGitaly gitaly;
  private String commit = "";

  @BeforeEach
  void start() throws IOException {
    gitaly = TestGitaly.start(directory, settings -> settings.withObservability("127.0.0.1:0"));
    gitaly.bare(REPOSITORY);
    GitCommand work = gitaly.workingCopy(directory.resolve("work"), REPOSITORY);
    Files.write(directory.resolve("work/large"), new byte[SIZE]);
    commit = work.commit("large");
    work.run("push", "--quiet", "origin", "HEAD:main");
  }

  @AfterEach
  void stop() {
    gitaly.close();
  }

  @Test
  void producesOnlyWhatTheCallerReads() throws Exception {
    SlowReader<TreeEntryRequest, TreeEntryResponse> answers = open();
    long read = answers.next().orElseThrow().getData().size();

    // The whole file is 512 messages and would be on its way in a fraction of this time.
    await()
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(10))
        .until(this::sent, sent -> sent >= 1 && sent < 200);

    assertThat(read + rest(answers)).isEqualTo(SIZE);
    assertThat(sent()).isGreaterThanOrEqualTo(SIZE / (64.0 * 1024));
  }

  @Test
  @Tag("wire-86")
  @Tag("fault-59")
  void endsTheWorkOfACallerThatGoesAway() throws Exception {
    List<Path> before = files();
    for (int i = 0; i < 20; i++) {
      SlowReader<TreeEntryRequest, TreeEntryResponse> file = open();
      assertThat(file.next().orElseThrow().getSize()).isEqualTo(SIZE);
      file.cancel();
      var refs = new SlowReader<InfoRefsRequest, InfoRefsResponse>();
      SmartHTTPServiceGrpc.newStub(gitaly.channel())
          .infoRefsUploadPack(
              InfoRefsRequest.newBuilder().setRepository(TestGitaly.named(REPOSITORY)).build(),
              refs);
      assertThat(refs.next()).isPresent();
      refs.cancel();
    }

    await().atMost(Duration.ofSeconds(10)).until(() -> inFlight() == 0);
    assertThat(files()).isEqualTo(before);
    SlowReader<TreeEntryRequest, TreeEntryResponse> again = open();
    assertThat(rest(again)).isEqualTo(SIZE);
  }

  @Test
  @Tag("wire-86")
  void leavesNothingOfAPushThatBreaksOff() throws Exception {
    List<Path> before = files();
    var answers = new SlowReader<PostReceivePackRequest, PostReceivePackResponse>();
    StreamObserver<PostReceivePackRequest> requests =
        SmartHTTPServiceGrpc.newStub(gitaly.channel()).postReceivePack(answers);
    requests.onNext(
        PostReceivePackRequest.newBuilder()
            .setRepository(TestGitaly.named(REPOSITORY))
            .setGlId("user-1")
            .build());
    String command = "0".repeat(40) + " " + commit + " refs/heads/x\0 report-status";
    String pack = "PACK\0\0\0\2\0\0\0\5";
    requests.onNext(
        data(copyFromUtf8("%04x%s0000%s".formatted(command.length() + 4, command, pack))));
    await().atMost(Duration.ofSeconds(10)).until(() -> files().size() > before.size());

    answers.cancel();

    await().atMost(Duration.ofSeconds(10)).until(() -> files().equals(before));
    assertThat(gitaly.advertisement(REPOSITORY, "")).doesNotContain("refs/heads/x");
  }

  @Test
  void letsRunningCallsEndWhenItStops() throws Exception {
    SlowReader<TreeEntryRequest, TreeEntryResponse> answers = open();
    long read = answers.next().orElseThrow().getData().size();
    Thread stopping = Thread.ofVirtual().start(() -> gitaly.server().close());

    assertThat(read + rest(answers)).isEqualTo(SIZE);
    assertThat(stopping.join(Duration.ofSeconds(20))).isTrue();
  }

  private SlowReader<TreeEntryRequest, TreeEntryResponse> open() {
    var reader = new SlowReader<TreeEntryRequest, TreeEntryResponse>();
    CommitServiceGrpc.newStub(gitaly.channel())
        .treeEntry(
            TreeEntryRequest.newBuilder()
                .setRepository(TestGitaly.named(REPOSITORY))
                .setRevision(copyFromUtf8(commit))
                .setPath(copyFromUtf8("large"))
                .build(),
            reader);
    return reader;
  }

  private static long rest(SlowReader<TreeEntryRequest, TreeEntryResponse> answers)
      throws InterruptedException {
    long read = 0;
    for (var next = answers.next(); next.isPresent(); next = answers.next()) {
      read += next.get().getData().size();
    }
    return read;
  }

  private static PostReceivePackRequest data(ByteString data) {
    return PostReceivePackRequest.newBuilder().setData(data).build();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(gitaly.storage().resolve(REPOSITORY))) {
      return files.filter(file -> !file.toString().contains(".probe")).sorted().toList();
    }
  }

  private double sent() throws IOException, InterruptedException {
    return metric("grpc_server_msg_sent_total\\{[^}]*grpc_method=\"TreeEntry\"[^}]*}");
  }

  private double inFlight() throws IOException, InterruptedException {
    return metric("grpc_server_requests_in_flight\\{grpc_method=\"TreeEntry\"[^}]*}");
  }

  private double metric(String pattern) throws IOException, InterruptedException {
    var address = (InetSocketAddress) gitaly.server().observabilityAddress().orElseThrow();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + "/metrics"))
              .build();
      String text = client.send(request, BodyHandlers.ofString()).body();
      Matcher matcher = Pattern.compile(pattern + " (\\S+)").matcher(text);
      return matcher.find() ? Double.parseDouble(matcher.group(1)) : -1;
    }
  }
}
