package io.mooring.gitaly.host;

import io.grpc.stub.StreamObserver;
import io.mooring.gitaly.call.Calls;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import io.mooring.gitaly.storage.Storage;
import io.mooring.gitaly.storage.Storages;
import io.mooring.protocol.build.BuildInfo;
import io.mooring.wire.gitaly.ClockSyncedRequest;
import io.mooring.wire.gitaly.ClockSyncedResponse;
import io.mooring.wire.gitaly.DiskStatisticsRequest;
import io.mooring.wire.gitaly.DiskStatisticsResponse;
import io.mooring.wire.gitaly.ReadinessCheckRequest;
import io.mooring.wire.gitaly.ReadinessCheckResponse;
import io.mooring.wire.gitaly.ServerInfoRequest;
import io.mooring.wire.gitaly.ServerInfoResponse;
import io.mooring.wire.gitaly.ServerServiceGrpc;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.Locale;

/** ServerService: the server itself (gitlab-side.md 8.7). */
public final class HostCalls extends ServerServiceGrpc.ServerServiceImplBase {
  private final Calls calls;
  private final Storages storages;

  /** Tells of these storages. */
  public HostCalls(Calls calls, Storages storages) {
    this.calls = calls;
    this.storages = storages;
  }

  @Override
  public void serverInfo(ServerInfoRequest request, StreamObserver<ServerInfoResponse> observer) {
    calls.unary(
        observer,
        () -> {
          var info =
              ServerInfoResponse.newBuilder()
                  .setServerVersion(BuildInfo.current().version())
                  .setGitVersion(gitVersion());
          for (Storage storage : storages.all()) {
            boolean readable = Files.isReadable(storage.root());
            info.addStorageStatuses(
                ServerInfoResponse.StorageStatus.newBuilder()
                    .setStorageName(storage.name())
                    .setReadable(readable)
                    .setWriteable(Files.isWritable(storage.root()))
                    .setFsType(
                        readable
                            ? Files.getFileStore(storage.root()).type().toUpperCase(Locale.ROOT)
                            : "")
                    .setReplicationFactor(1));
          }
          return info.build();
        });
  }

  @Override
  public void diskStatistics(
      DiskStatisticsRequest request, StreamObserver<DiskStatisticsResponse> observer) {
    calls.unary(
        observer,
        () -> {
          var statistics = DiskStatisticsResponse.newBuilder();
          for (Storage storage : storages.all()) {
            statistics.addStorageStatuses(disk(storage));
          }
          return statistics.build();
        });
  }

  /** Ready when every storage can be used; a real Gitaly is always ready. */
  @Override
  public void readinessCheck(
      ReadinessCheckRequest request, StreamObserver<ReadinessCheckResponse> observer) {
    calls.unary(
        observer,
        () -> {
          var failure = ReadinessCheckResponse.Failure.newBuilder();
          for (Storage storage : storages.all()) {
            if (!isUsable(storage)) {
              failure.addFailedChecks(
                  ReadinessCheckResponse.Failure.Response.newBuilder()
                      .setName("storage " + storage.name())
                      .setErrorMessage("cannot be read and written"));
            }
          }
          var answer = ReadinessCheckResponse.newBuilder();
          return failure.getFailedChecksCount() == 0
              ? answer.setOkResponse(ReadinessCheckResponse.Ok.getDefaultInstance()).build()
              : answer.setFailureResponse(failure).build();
        });
  }

  @Override
  public void clockSynced(
      ClockSyncedRequest request, StreamObserver<ClockSyncedResponse> observer) {
    calls.unary(
        observer,
        () -> {
          throw new GitalyFailure(
              Kind.UNIMPLEMENTED,
              "this server asks no time servers; use the operating system's tools");
        });
  }

  /** Whether a storage can be read and written at this moment. */
  public static boolean isUsable(Storage storage) {
    return Files.isReadable(storage.root()) && Files.isWritable(storage.root());
  }

  private static DiskStatisticsResponse.StorageStatus disk(Storage storage) throws IOException {
    FileStore disk = Files.getFileStore(storage.root());
    return DiskStatisticsResponse.StorageStatus.newBuilder()
        .setStorageName(storage.name())
        .setAvailable(disk.getUsableSpace())
        .setUsed(disk.getTotalSpace() - disk.getUnallocatedSpace())
        .build();
  }

  private static String gitVersion() {
    String version = org.eclipse.jgit.lib.Repository.class.getPackage().getImplementationVersion();
    return version == null ? "JGit" : "JGit " + version;
  }
}
