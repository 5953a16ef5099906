package io.mooring.benchmarks.standin;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.mooring.benchmarks.loopback.Loops;
import io.mooring.wire.gitaly.CommitServiceGrpc;
import io.mooring.wire.gitaly.InfoRefsRequest;
import io.mooring.wire.gitaly.InfoRefsResponse;
import io.mooring.wire.gitaly.SmartHTTPServiceGrpc;
import io.mooring.wire.gitaly.TreeEntryRequest;
import io.mooring.wire.gitaly.TreeEntryResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A Gitaly whose every repository has one commit without a file: each agent's configuration is
 * empty.
 */
public final class GitalyStandIn implements AutoCloseable {
  private static final String COMMIT = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
  private static final InfoRefsResponse ADVERTISEMENT =
      InfoRefsResponse.newBuilder()
          .setData(
              ByteString.copyFromUtf8(
                  packet("# service=git-upload-pack\n")
                      + "0000"
                      + packet(COMMIT + " HEAD\0agent=stand-in\n")
                      + packet(COMMIT + " refs/heads/main\n")
                      + "0000"))
          .build();

  private final Server server;

  private GitalyStandIn(Loops loops) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .channelType(loops.serverChannel())
            .directExecutor()
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(new SmartHttp())
            .addService(new Commits())
            .build()
            .start();
  }

  /** Begins to serve. */
  public static GitalyStandIn start(Loops loops) throws IOException {
    return new GitalyStandIn(loops);
  }

  /** As {@code gitaly_info.address} says it. */
  public String address() {
    return "tcp://127.0.0.1:" + server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static String packet(String line) {
    return "%04x%s".formatted(line.length() + 4, line);
  }

  private static final class SmartHttp extends SmartHTTPServiceGrpc.SmartHTTPServiceImplBase {
    @Override
    public void infoRefsUploadPack(
        InfoRefsRequest request, StreamObserver<InfoRefsResponse> responses) {
      responses.onNext(ADVERTISEMENT);
      responses.onCompleted();
    }
  }

  private static final class Commits extends CommitServiceGrpc.CommitServiceImplBase {
    @Override
    public void treeEntry(TreeEntryRequest request, StreamObserver<TreeEntryResponse> responses) {
      responses.onError(Status.NOT_FOUND.withDescription("tree entry not found").asException());
    }
  }
}
