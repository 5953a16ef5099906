package io.mooring.gitaly.edit;

import io.grpc.stub.StreamObserver;
import io.mooring.gitaly.call.Calls;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.hooks.PushHooks;
import io.mooring.gitaly.repository.Housekeeping;
import io.mooring.gitaly.storage.Location;
import io.mooring.gitaly.storage.Repositories;
import io.mooring.gitaly.storage.RepositoryAddress;
import io.mooring.wire.gitaly.OperationBranchUpdate;
import io.mooring.wire.gitaly.OperationServiceGrpc;
import io.mooring.wire.gitaly.UserCommitFilesRequest;
import io.mooring.wire.gitaly.UserCommitFilesRequestHeader;
import io.mooring.wire.gitaly.UserCommitFilesResponse;
import java.time.InstantSource;

/**
 * OperationService: commits made without a clone, as a web editor needs them (gitlab-side.md 8.7).
 */
public final class OperationCalls extends OperationServiceGrpc.OperationServiceImplBase {
  private final Calls calls;
  private final Repositories repositories;
  private final Housekeeping housekeeping;
  private final PushHooks hooks;
  private final InstantSource clock;

  /** Commits to these repositories, where the hooks allow it. */
  public OperationCalls(
      Calls calls,
      Repositories repositories,
      Housekeeping housekeeping,
      PushHooks hooks,
      InstantSource clock) {
    this.calls = calls;
    this.repositories = repositories;
    this.housekeeping = housekeeping;
    this.hooks = hooks;
    this.clock = clock;
  }

  @Override
  public StreamObserver<UserCommitFilesRequest> userCommitFiles(
      StreamObserver<UserCommitFilesResponse> observer) {
    return calls.<UserCommitFilesRequest, UserCommitFilesResponse>collecting(
        observer,
        requests -> {
          UserCommitFilesRequestHeader header =
              requests
                  .take()
                  .filter(UserCommitFilesRequest::hasHeader)
                  .map(UserCommitFilesRequest::getHeader)
                  .orElseThrow(() -> GitalyFailure.invalid("empty UserCommitFilesRequestHeader"));
          Location location =
              repositories.storages().existing(RepositoryAddress.of(header.getRepository()));
          CommitFilesCall.check(header);
          OperationBranchUpdate update =
              new CommitFilesCall(location, header, hooks, clock).run(FileAction.takeAll(requests));
          housekeeping.changed(location);
          return UserCommitFilesResponse.newBuilder().setBranchUpdate(update).build();
        });
  }
}
