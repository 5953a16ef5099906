package io.mooring.gitlab.gitaly;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.mooring.wire.gitaly.CommitIsAncestorRequest;
import io.mooring.wire.gitaly.CommitServiceGrpc;
import io.mooring.wire.gitaly.CreateRepositoryRequest;
import io.mooring.wire.gitaly.FindDefaultBranchNameRequest;
import io.mooring.wire.gitaly.RefExistsRequest;
import io.mooring.wire.gitaly.RefServiceGrpc;
import io.mooring.wire.gitaly.RemoveRepositoryRequest;
import io.mooring.wire.gitaly.RepositoryServiceGrpc;
import io.mooring.wire.gitaly.WriteRefRequest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Whole repositories: made, removed, and what their branches are. Thread-safe. */
@Component
public class Repositories {
  static final String BRANCH_PREFIX = "refs/heads/";

  /** Longer than any of these calls takes on a busy disk. */
  private static final long DEADLINE_SECONDS = 30;

  private final GitalyStorages storages;

  Repositories(GitalyStorages storages) {
    this.storages = storages;
  }

  /** Makes an empty repository, unless it is there already. */
  public void create(RepositoryCoordinates repository, String defaultBranch) {
    try {
      var _ =
          limited(RepositoryServiceGrpc.newBlockingStub(storages.channel(repository.storageName())))
              .createRepository(
                  CreateRepositoryRequest.newBuilder()
                      .setRepository(repository.message())
                      .setDefaultBranch(ByteString.copyFromUtf8(defaultBranch))
                      .build());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
        throw e;
      }
    }
  }

  /** Removes a repository, unless it is gone already. */
  public void remove(RepositoryCoordinates repository) {
    try {
      var _ =
          limited(RepositoryServiceGrpc.newBlockingStub(storages.channel(repository.storageName())))
              .removeRepository(
                  RemoveRepositoryRequest.newBuilder().setRepository(repository.message()).build());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
        throw e;
      }
    }
  }

  /** The name of the branch that stands for the repository; empty when it has no branch. */
  public Optional<String> defaultBranch(RepositoryCoordinates repository) {
    String name =
        limited(RefServiceGrpc.newBlockingStub(storages.channel(repository.storageName())))
            .findDefaultBranchName(
                FindDefaultBranchNameRequest.newBuilder()
                    .setRepository(repository.message())
                    .build())
            .getName()
            .toStringUtf8();
    return Optional.of(name)
        .filter(ref -> ref.startsWith(BRANCH_PREFIX))
        .map(ref -> ref.substring(BRANCH_PREFIX.length()));
  }

  /** Makes a branch stand for the repository. */
  public void setDefaultBranch(RepositoryCoordinates repository, String branch) {
    var _ =
        limited(RepositoryServiceGrpc.newBlockingStub(storages.channel(repository.storageName())))
            .writeRef(
                WriteRefRequest.newBuilder()
                    .setRepository(repository.message())
                    .setRef(ByteString.copyFromUtf8("HEAD"))
                    .setRevision(ByteString.copyFromUtf8(BRANCH_PREFIX + branch))
                    .build());
  }

  /** Whether a branch exists. */
  public boolean hasBranch(RepositoryCoordinates repository, String branch) {
    return has(repository, BRANCH_PREFIX + branch);
  }

  /** Whether a tag exists. */
  public boolean hasTag(RepositoryCoordinates repository, String tag) {
    return has(repository, "refs/tags/" + tag);
  }

  private boolean has(RepositoryCoordinates repository, String ref) {
    return limited(RefServiceGrpc.newBlockingStub(storages.channel(repository.storageName())))
        .refExists(
            RefExistsRequest.newBuilder()
                .setRepository(repository.message())
                .setRef(ByteString.copyFromUtf8(ref))
                .build())
        .getValue();
  }

  /**
   * Whether one commit comes before another, which may still wait in quarantine.
   *
   * @param quarantine the repository as the hook described it, with its object directories
   */
  public boolean isAncestor(Quarantine quarantine, String ancestor, String child) {
    return limited(
            CommitServiceGrpc.newBlockingStub(
                storages.channel(quarantine.repository().storageName())))
        .commitIsAncestor(
            CommitIsAncestorRequest.newBuilder()
                .setRepository(quarantine.message())
                .setAncestorId(ancestor)
                .setChildId(child)
                .build())
        .getValue();
  }

  private static <S extends AbstractStub<S>> S limited(S stub) {
    return stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }
}
