package io.mooring.gitlab.repository;

import com.google.protobuf.ByteString;
import io.grpc.stub.AbstractStub;
import io.mooring.gitlab.gitaly.GitalyStorages;
import io.mooring.gitlab.gitaly.RepositoryCoordinates;
import io.mooring.wire.gitaly.Branch;
import io.mooring.wire.gitaly.ChangedPaths;
import io.mooring.wire.gitaly.CommitServiceGrpc;
import io.mooring.wire.gitaly.DiffServiceGrpc;
import io.mooring.wire.gitaly.FindBranchRequest;
import io.mooring.wire.gitaly.FindChangedPathsRequest;
import io.mooring.wire.gitaly.FindCommitRequest;
import io.mooring.wire.gitaly.FindLocalBranchesRequest;
import io.mooring.wire.gitaly.GetTreeEntriesRequest;
import io.mooring.wire.gitaly.GitCommit;
import io.mooring.wire.gitaly.LastCommitForPathRequest;
import io.mooring.wire.gitaly.ListCommitsRequest;
import io.mooring.wire.gitaly.PaginationParameter;
import io.mooring.wire.gitaly.RefServiceGrpc;
import io.mooring.wire.gitaly.TreeEntry;
import io.mooring.wire.gitaly.TreeEntryRequest;
import io.mooring.wire.gitaly.TreeEntryResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Reads branches, commits, directories and files of a repository. Thread-safe. */
@Component
public class Trees {
  /** Longer than a listing takes in a large repository. */
  private static final long DEADLINE_SECONDS = 30;

  /** Rows that the API can page through; more would be held in memory. */
  public static final int MAX_ENTRIES = 10_000;

  private final GitalyStorages storages;

  Trees(GitalyStorages storages) {
    this.storages = storages;
  }

  /** Branches by name. */
  public List<Branch> branches(RepositoryCoordinates repository) {
    var branches = new ArrayList<Branch>();
    refs(repository)
        .findLocalBranches(
            FindLocalBranchesRequest.newBuilder()
                .setRepository(repository.message())
                .setPaginationParams(PaginationParameter.newBuilder().setLimit(MAX_ENTRIES))
                .build())
        .forEachRemaining(response -> branches.addAll(response.getLocalBranchesList()));
    return branches;
  }

  /** The branch of this name. */
  public Optional<Branch> branch(RepositoryCoordinates repository, String name) {
    var response =
        refs(repository)
            .findBranch(
                FindBranchRequest.newBuilder()
                    .setRepository(repository.message())
                    .setName(ByteString.copyFromUtf8(name))
                    .build());
    return response.hasBranch() ? Optional.of(response.getBranch()) : Optional.empty();
  }

  /** The commit that a branch, tag or id names. */
  public Optional<GitCommit> commit(RepositoryCoordinates repository, String revision) {
    var response =
        commits(repository)
            .findCommit(
                FindCommitRequest.newBuilder()
                    .setRepository(repository.message())
                    .setRevision(ByteString.copyFromUtf8(revision))
                    .build());
    return response.hasCommit() ? Optional.of(response.getCommit()) : Optional.empty();
  }

  /**
   * Commits from a revision back in time, one page and one more to know whether there is another.
   */
  public List<GitCommit> history(RepositoryCoordinates repository, String commitId, int limit) {
    var found = new ArrayList<GitCommit>();
    commits(repository)
        .listCommits(
            ListCommitsRequest.newBuilder()
                .setRepository(repository.message())
                .addRevisions(commitId)
                .setOrder(ListCommitsRequest.Order.DATE)
                .setPaginationParams(PaginationParameter.newBuilder().setLimit(limit))
                .build())
        .forEachRemaining(response -> found.addAll(response.getCommitsList()));
    return found;
  }

  /** The last commit that changed a path. */
  public Optional<GitCommit> lastCommit(
      RepositoryCoordinates repository, String commitId, String path) {
    var response =
        commits(repository)
            .lastCommitForPath(
                LastCommitForPathRequest.newBuilder()
                    .setRepository(repository.message())
                    .setRevision(ByteString.copyFromUtf8(commitId))
                    .setPath(ByteString.copyFromUtf8(path))
                    .setLiteralPathspec(true)
                    .build());
    return response.hasCommit() ? Optional.of(response.getCommit()) : Optional.empty();
  }

  /** What a directory holds. */
  public List<TreeEntry> directory(
      RepositoryCoordinates repository, String commitId, String path, boolean recursive) {
    var entries = new ArrayList<TreeEntry>();
    commits(repository)
        .getTreeEntries(
            GetTreeEntriesRequest.newBuilder()
                .setRepository(repository.message())
                .setRevision(ByteString.copyFromUtf8(commitId))
                .setPath(ByteString.copyFromUtf8(path.isEmpty() ? "." : path))
                .setRecursive(recursive)
                .setSkipFlatPaths(true)
                .setPaginationParams(PaginationParameter.newBuilder().setLimit(MAX_ENTRIES))
                .build())
        .forEachRemaining(response -> entries.addAll(response.getEntriesList()));
    return entries;
  }

  /** A file: the first message tells what it is, those after it only bring more bytes. */
  public Iterator<TreeEntryResponse> file(
      RepositoryCoordinates repository, String commitId, String path, long maxSize) {
    return commits(repository)
        .treeEntry(
            TreeEntryRequest.newBuilder()
                .setRepository(repository.message())
                .setRevision(ByteString.copyFromUtf8(commitId))
                .setPath(ByteString.copyFromUtf8(path))
                .setMaxSize(maxSize)
                .build());
  }

  /** Files that a commit changed, against its first parent if it has several. */
  public List<ChangedPaths> changedPaths(RepositoryCoordinates repository, String commitId) {
    var paths = new ArrayList<ChangedPaths>();
    limited(DiffServiceGrpc.newBlockingStub(storages.channel(repository.storageName())))
        .findChangedPaths(
            FindChangedPathsRequest.newBuilder()
                .setRepository(repository.message())
                .addRequests(
                    FindChangedPathsRequest.Request.newBuilder()
                        .setCommitRequest(
                            FindChangedPathsRequest.Request.CommitRequest.newBuilder()
                                .setCommitRevision(commitId)))
                .build())
        .forEachRemaining(response -> paths.addAll(response.getPathsList()));
    return paths;
  }

  private RefServiceGrpc.RefServiceBlockingStub refs(RepositoryCoordinates repository) {
    return limited(RefServiceGrpc.newBlockingStub(storages.channel(repository.storageName())));
  }

  private CommitServiceGrpc.CommitServiceBlockingStub commits(RepositoryCoordinates repository) {
    return limited(CommitServiceGrpc.newBlockingStub(storages.channel(repository.storageName())));
  }

  private static <S extends AbstractStub<S>> S limited(S stub) {
    return stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }
}
