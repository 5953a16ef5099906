package io.mooring.gitaly;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.GitalyAddress;
import io.mooring.protocol.transport.GrpcChannels;
import io.mooring.testkit.git.GitCommand;
import io.mooring.testkit.process.ChildProcess;
import io.mooring.wire.gitaly.CommitServiceGrpc;
import io.mooring.wire.gitaly.CreateRepositoryRequest;
import io.mooring.wire.gitaly.RepositoryServiceGrpc;
import io.mooring.wire.gitaly.TreeEntryRequest;
import io.mooring.wire.gitaly.TreeEntryResponse;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file that is nearly four times as large as the heap of the server, which runs as a program of
 * its own.
 */
class LargeFileTest {
  private static final String REPOSITORY = "large.git";
  private static final int SIZE = 160 << 20;

  /** Heap and direct memory together are 88 MB; the JVM itself takes about 100 MB. */
  private static final long MAX_RESIDENT_KB = 300_000;

  @TempDir Path directory;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private ChildProcess server;
  private ManagedChannel channel;
  private HttpBridge http;

  @BeforeEach
  void startProgram() throws IOException {
    Path socket = directory.resolve("gitaly.sock");
    Files.createDirectories(directory.resolve("storage"));
    Files.writeString(
        directory.resolve("gitaly.yaml"),
        """
        listen: ["unix:%s"]
        storages:
          - name: default
            path: storage
        """
            .formatted(socket));
    server =
        ChildProcess.start(
            "gitaly",
            directory,
            Map.of("HOME", "/nonexistent"),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx44m",
                "-XX:MaxDirectMemorySize=44m",
                "-XX:+UseSerialGC",
                "-XX:ReservedCodeCacheSize=48m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.mooring.gitaly.Main",
                "--configuration-file",
                "gitaly.yaml"));
    server.await("up", Duration.ofSeconds(60), () -> Files.exists(socket));
    channel =
        GrpcChannels.gitaly(GitalyAddress.parse("unix:" + socket), ClientTls.system())
            .eventLoopGroup(loop)
            .build();
    http = HttpBridge.start(channel);
  }

  @AfterEach
  void stopProgram() throws InterruptedException {
    http.close();
    channel.shutdownNow();
    assertThat(channel.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    server.close();
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  @Test
  @Tag("fault-50")
  void isPushedReadAndClonedWithoutBeingHeldInMemory() throws Exception {
    GitCommand work = GitCommand.init(directory.resolve("work"));
    String digest = writeNoise(directory.resolve("work/noise"));
    work.run("config", "core.compression", "0");
    work.run("config", "core.bigFileThreshold", "1m");
    String commit = work.commit("large");
    var created =
        RepositoryServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .createRepository(
                CreateRepositoryRequest.newBuilder()
                    .setRepository(TestGitaly.named(REPOSITORY))
                    .build());
    assertThat(created).isNotNull();

    work.command("push", "--quiet", http.url(REPOSITORY), "HEAD:main")
        .withBound(Duration.ofMinutes(3))
        .run()
        .orThrow();
    assertThat(read(commit)).isEqualTo(digest);
    GitCommand.in(directory)
        .command("clone", "--quiet", "--bare", http.url(REPOSITORY), "clone.git")
        .withBound(Duration.ofMinutes(3))
        .run()
        .orThrow();

    assertThat(GitCommand.in(directory.resolve("clone.git")).run("cat-file", "-s", "main:noise"))
        .isEqualTo(String.valueOf(SIZE));
    assertThat(server.isAlive()).isTrue();
    assertThat(residentKilobytes()).isLessThan(MAX_RESIDENT_KB);
  }

  private String read(String commit) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    Iterator<TreeEntryResponse> answers =
        CommitServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(3, TimeUnit.MINUTES)
            .treeEntry(
                TreeEntryRequest.newBuilder()
                    .setRepository(TestGitaly.named(REPOSITORY))
                    .setRevision(copyFromUtf8(commit))
                    .setPath(copyFromUtf8("noise"))
                    .build());
    answers.forEachRemaining(answer -> digest.update(answer.getData().asReadOnlyByteBuffer()));
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Writes a file that does not compress; the same for each run. */
  private static String writeNoise(Path file) throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    var random = new SplittableRandom(7);
    byte[] block = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < SIZE / block.length; i++) {
        random.nextBytes(block);
        digest.update(block);
        out.write(block);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The most the server ever had in memory. */
  private long residentKilobytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + server.pid() + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new AssertionError("no VmHWM");
  }
}
