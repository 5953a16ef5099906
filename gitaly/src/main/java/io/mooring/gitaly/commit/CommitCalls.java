package io.mooring.gitaly.commit;

import io.grpc.stub.StreamObserver;
import io.mooring.gitaly.call.Calls;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.object.Revisions;
import io.mooring.gitaly.storage.Repositories;
import io.mooring.wire.gitaly.CommitIsAncestorRequest;
import io.mooring.wire.gitaly.CommitIsAncestorResponse;
import io.mooring.wire.gitaly.CommitServiceGrpc;
import io.mooring.wire.gitaly.FindCommitRequest;
import io.mooring.wire.gitaly.FindCommitResponse;
import io.mooring.wire.gitaly.GetTreeEntriesRequest;
import io.mooring.wire.gitaly.GetTreeEntriesResponse;
import io.mooring.wire.gitaly.LastCommitForPathRequest;
import io.mooring.wire.gitaly.LastCommitForPathResponse;
import io.mooring.wire.gitaly.ListCommitsRequest;
import io.mooring.wire.gitaly.ListCommitsResponse;
import io.mooring.wire.gitaly.TreeEntryRequest;
import io.mooring.wire.gitaly.TreeEntryResponse;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** CommitService: files and history (gitlab-side.md 8.5 to 8.7). */
public final class CommitCalls extends CommitServiceGrpc.CommitServiceImplBase {
  private final Calls calls;
  private final Repositories repositories;

  /** Reads from these repositories. */
  public CommitCalls(Calls calls, Repositories repositories) {
    this.calls = calls;
    this.repositories = repositories;
  }

  @Override
  public void treeEntry(TreeEntryRequest request, StreamObserver<TreeEntryResponse> observer) {
    calls.streaming(
        observer,
        responses -> {
          try (Repository repository = repositories.open(request.getRepository())) {
            TreeEntryCall.check(request);
            new TreeEntryCall(repository, request, responses).run();
          }
        });
  }

  @Override
  public void getTreeEntries(
      GetTreeEntriesRequest request, StreamObserver<GetTreeEntriesResponse> observer) {
    calls.streaming(
        observer,
        responses -> {
          try (Repository repository = repositories.open(request.getRepository())) {
            GetTreeEntriesCall.check(request);
            new GetTreeEntriesCall(repository, request, responses).run();
          }
        });
  }

  @Override
  public void findCommit(FindCommitRequest request, StreamObserver<FindCommitResponse> observer) {
    calls.unary(
        observer,
        () -> {
          try (Repository repository = repositories.open(request.getRepository());
              RevWalk walk = new RevWalk(repository)) {
            var answer = FindCommitResponse.newBuilder();
            Revisions.commit(repository, walk, Revisions.checked(request.getRevision()))
                .map(request.getTrailers() ? CommitMessages::withTrailers : CommitMessages::of)
                .ifPresent(answer::setCommit);
            return answer.build();
          }
        });
  }

  @Override
  public void commitIsAncestor(
      CommitIsAncestorRequest request, StreamObserver<CommitIsAncestorResponse> observer) {
    calls.unary(
        observer,
        () -> {
          try (Repository repository = repositories.open(request.getRepository());
              RevWalk walk = new RevWalk(repository)) {
            if (request.getAncestorId().isEmpty()) {
              throw GitalyFailure.invalid("empty ancestor sha");
            }
            if (request.getChildId().isEmpty()) {
              throw GitalyFailure.invalid("empty child sha");
            }
            Optional<RevCommit> ancestor =
                Revisions.commit(repository, walk, Revisions.checked(request.getAncestorId()));
            Optional<RevCommit> child =
                Revisions.commit(repository, walk, Revisions.checked(request.getChildId()));
            boolean value =
                ancestor.isPresent()
                    && child.isPresent()
                    && walk.isMergedInto(ancestor.get(), child.get());
            return CommitIsAncestorResponse.newBuilder().setValue(value).build();
          }
        });
  }

  @Override
  public void lastCommitForPath(
      LastCommitForPathRequest request, StreamObserver<LastCommitForPathResponse> observer) {
    calls.unary(
        observer,
        () -> {
          try (Repository repository = repositories.open(request.getRepository());
              RevWalk walk = new RevWalk(repository)) {
            var answer = LastCommitForPathResponse.newBuilder();
            Optional<RevCommit> start =
                Revisions.commit(repository, walk, Revisions.checked(request.getRevision()));
            if (start.isPresent()) {
              lastChange(walk, start.get(), request.getPath().toStringUtf8())
                  .map(CommitMessages::of)
                  .ifPresent(answer::setCommit);
            }
            return answer.build();
          }
        });
  }

  @Override
  public void listCommits(
      ListCommitsRequest request, StreamObserver<ListCommitsResponse> observer) {
    calls.streaming(
        observer,
        responses -> {
          try (Repository repository = repositories.open(request.getRepository())) {
            new ListCommitsCall(repository, request, responses).run();
          }
        });
  }

  private static Optional<RevCommit> lastChange(RevWalk walk, RevCommit start, String path)
      throws IOException {
    walk.markStart(start);
    walk.setRevFilter(RevFilter.ALL);
    String trimmed = path.startsWith("./") ? path.substring(2) : path;
    if (!trimmed.isEmpty() && !trimmed.equals(".")) {
      walk.setTreeFilter(AndTreeFilter.create(PathFilter.create(trimmed), TreeFilter.ANY_DIFF));
    }
    return Optional.ofNullable(walk.next());
  }
}
