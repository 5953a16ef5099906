package io.mooring.gitaly;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.GitalyAddress;
import io.mooring.protocol.transport.GrpcChannels;
import io.mooring.testkit.git.GitCommand;
import io.mooring.wire.gitaly.BlobServiceGrpc;
import io.mooring.wire.gitaly.CommitServiceGrpc;
import io.mooring.wire.gitaly.DiffServiceGrpc;
import io.mooring.wire.gitaly.InfoRefsRequest;
import io.mooring.wire.gitaly.InfoRefsResponse;
import io.mooring.wire.gitaly.OperationServiceGrpc;
import io.mooring.wire.gitaly.RefServiceGrpc;
import io.mooring.wire.gitaly.Repository;
import io.mooring.wire.gitaly.RepositoryServiceGrpc;
import io.mooring.wire.gitaly.ServerServiceGrpc;
import io.mooring.wire.gitaly.SmartHTTPServiceGrpc;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A server with one storage in a directory of a test, and a channel to it. */
final class TestGitaly implements AutoCloseable {
  // java.util.logging forgets the level of a logger that nobody holds.
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  static {
    GRPC.setLevel(Level.SEVERE);
  }

  private final Path storage;
  private final GitalyServer server;
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ManagedChannel channel;

  private TestGitaly(Path storage, GitalyServer server) {
    this.storage = storage;
    this.server = server;
    channel =
        GrpcChannels.gitaly(GitalyAddress.parse(server.address()), ClientTls.system())
            .eventLoopGroup(loop)
            .build();
  }

  static TestGitaly start(Path directory) {
    return start(directory, UnaryOperator.identity());
  }

  static TestGitaly start(Path directory, UnaryOperator<GitalyConfiguration> settings) {
    try {
      Path storage = Files.createDirectories(directory.resolve("storage")).toRealPath();
      return new TestGitaly(
          storage, GitalyServer.start(settings.apply(GitalyConfiguration.of(storage))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  GitalyServer server() {
    return server;
  }

  Path storage() {
    return storage;
  }

  ManagedChannel channel() {
    return channel;
  }

  /** How a request names a repository of the storage. */
  static Repository named(String relativePath) {
    return Repository.newBuilder()
        .setStorageName("default")
        .setRelativePath(relativePath)
        .setGlRepository("project-1")
        .setGlProjectPath("group/project")
        .build();
  }

  /** A bare repository made by the real git. */
  GitCommand bare(String relativePath) {
    return GitCommand.initBare(storage.resolve(relativePath));
  }

  /** A clone of it in a directory of the test, connected by the file system. */
  GitCommand workingCopy(Path directory, String relativePath) {
    GitCommand git = GitCommand.init(directory);
    git.run("remote", "add", "origin", storage.resolve(relativePath).toString());
    return git;
  }

  CommitServiceGrpc.CommitServiceBlockingStub commits() {
    return CommitServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  RefServiceGrpc.RefServiceBlockingStub references() {
    return RefServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  RepositoryServiceGrpc.RepositoryServiceBlockingStub repositories() {
    return RepositoryServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  BlobServiceGrpc.BlobServiceBlockingStub blobs() {
    return BlobServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  DiffServiceGrpc.DiffServiceBlockingStub diffs() {
    return DiffServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  ServerServiceGrpc.ServerServiceBlockingStub host() {
    return ServerServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  OperationServiceGrpc.OperationServiceStub operations() {
    return OperationServiceGrpc.newStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  SmartHTTPServiceGrpc.SmartHTTPServiceBlockingStub smartHttp() {
    return SmartHTTPServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  /** The whole advertisement for fetching. */
  String advertisement(String relativePath, String gitProtocol) {
    Iterator<InfoRefsResponse> answers =
        smartHttp()
            .infoRefsUploadPack(
                InfoRefsRequest.newBuilder()
                    .setRepository(named(relativePath))
                    .setGitProtocol(gitProtocol)
                    .build());
    ByteString bytes = ByteString.EMPTY;
    while (answers.hasNext()) {
      bytes = bytes.concat(answers.next().getData());
    }
    return bytes.toStringUtf8();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
