package io.mooring.gitaly.diff;

import io.grpc.stub.StreamObserver;
import io.mooring.gitaly.call.Batches;
import io.mooring.gitaly.call.Calls;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.object.Revisions;
import io.mooring.gitaly.storage.Repositories;
import io.mooring.wire.gitaly.ChangedPaths;
import io.mooring.wire.gitaly.DiffServiceGrpc;
import io.mooring.wire.gitaly.FindChangedPathsRequest;
import io.mooring.wire.gitaly.FindChangedPathsRequest.MergeCommitDiffMode;
import io.mooring.wire.gitaly.FindChangedPathsRequest.Request;
import io.mooring.wire.gitaly.FindChangedPathsRequest.Request.CommitRequest;
import io.mooring.wire.gitaly.FindChangedPathsResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * DiffService: which paths changed. Only the directories that differ are read, so the cost follows
 * the change and not the repository.
 */
public final class DiffCalls extends DiffServiceGrpc.DiffServiceImplBase {
  private final Calls calls;
  private final Repositories repositories;

  /** Reads from these repositories. */
  public DiffCalls(Calls calls, Repositories repositories) {
    this.calls = calls;
    this.repositories = repositories;
  }

  @Override
  public void findChangedPaths(
      FindChangedPathsRequest request, StreamObserver<FindChangedPathsResponse> observer) {
    calls.streaming(
        observer,
        responses -> {
          try (Repository repository = repositories.open(request.getRepository());
              RevWalk walk = new RevWalk(repository)) {
            var batches =
                new Batches<ChangedPaths, FindChangedPathsResponse>(
                    responses,
                    paths -> FindChangedPathsResponse.newBuilder().addAllPaths(paths).build());
            for (Comparison comparison : comparisons(repository, walk, request)) {
              comparison.run(walk.getObjectReader(), batches::add);
            }
            batches.flush();
          }
        });
  }

  private static List<Comparison> comparisons(
      Repository repository, RevWalk walk, FindChangedPathsRequest request) throws IOException {
    var comparisons = new ArrayList<Comparison>();
    boolean all =
        request.getMergeCommitDiffMode() == MergeCommitDiffMode.MERGE_COMMIT_DIFF_MODE_ALL_PARENTS;
    for (Request one : requests(request)) {
      switch (one.getTypeCase()) {
        case TREE_REQUEST ->
            comparisons.add(
                new Comparison(
                    List.of(tree(repository, "left", one.getTreeRequest().getLeftTreeRevision())),
                    tree(repository, "right", one.getTreeRequest().getRightTreeRevision()),
                    all));
        case COMMIT_REQUEST ->
            comparisons.addAll(commit(repository, walk, one.getCommitRequest(), all));
        case TYPE_NOT_SET -> throw GitalyFailure.invalid("unknown FindChangedPaths request type");
      }
    }
    return comparisons;
  }

  private static List<Request> requests(FindChangedPathsRequest request) {
    @SuppressWarnings("deprecation") // Old callers still send the field.
    List<String> commits = request.getCommitsList();
    if (commits.isEmpty()) {
      return request.getRequestsList();
    }
    if (request.getRequestsCount() > 0) {
      throw GitalyFailure.invalid("cannot specify both commits and requests");
    }
    return commits.stream()
        .map(commit ->
            Request.newBuilder()
                .setCommitRequest(CommitRequest.newBuilder().setCommitRevision(commit))
                .build())
        .toList();
  }

  private static List<Comparison> commit(
      Repository repository, RevWalk walk, CommitRequest request, boolean all) throws IOException {
    RevCommit commit = parsed(repository, walk, "commit", request.getCommitRevision());
    List<ObjectId> parents = new ArrayList<>();
    for (String revision : request.getParentCommitRevisionsList()) {
      parents.add(parsed(repository, walk, "commit parent", revision).getTree());
    }
    if (parents.isEmpty()) {
      for (RevCommit parent : commit.getParents()) {
        parents.add(walk.parseCommit(parent).getTree());
      }
    }
    if (parents.size() < 2 || all) {
      return List.of(new Comparison(parents, commit.getTree(), all));
    }
    return parents.stream()
        .map(parent -> new Comparison(List.of(parent), commit.getTree(), false))
        .toList();
  }

  private static RevCommit parsed(Repository repository, RevWalk walk, String what, String revision)
      throws IOException {
    Optional<RevCommit> commit = Revisions.commit(repository, walk, checked(what, revision));
    return commit.orElseThrow(() -> missing(what, revision));
  }

  private static ObjectId tree(Repository repository, String side, String revision)
      throws IOException {
    String what = side + " tree";
    return Revisions.tree(repository, checked(what, revision))
        .orElseThrow(() -> missing(what, revision));
  }

  private static String checked(String what, String revision) {
    if (revision.isEmpty()) {
      throw GitalyFailure.invalid("resolving " + what + ": revision cannot be empty");
    }
    return Revisions.checked(revision);
  }

  private static GitalyFailure missing(String what, String revision) {
    return GitalyFailure.notFound(
        "resolving " + what + ": revision can not be found: \"" + revision + "\"");
  }
}
