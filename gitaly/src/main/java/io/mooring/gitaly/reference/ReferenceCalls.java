package io.mooring.gitaly.reference;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.mooring.gitaly.call.Batches;
import io.mooring.gitaly.call.Calls;
import io.mooring.gitaly.call.Responses;
import io.mooring.gitaly.commit.CommitMessages;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.storage.Repositories;
import io.mooring.wire.gitaly.Branch;
import io.mooring.wire.gitaly.FindBranchRequest;
import io.mooring.wire.gitaly.FindBranchResponse;
import io.mooring.wire.gitaly.FindDefaultBranchNameRequest;
import io.mooring.wire.gitaly.FindDefaultBranchNameResponse;
import io.mooring.wire.gitaly.FindLocalBranchesRequest;
import io.mooring.wire.gitaly.FindLocalBranchesResponse;
import io.mooring.wire.gitaly.ListRefsRequest;
import io.mooring.wire.gitaly.ListRefsResponse;
import io.mooring.wire.gitaly.RefExistsRequest;
import io.mooring.wire.gitaly.RefExistsResponse;
import io.mooring.wire.gitaly.RefServiceGrpc;
import io.mooring.wire.gitaly.UpdateReferencesRequest;
import io.mooring.wire.gitaly.UpdateReferencesResponse;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/** RefService: branches, tags and other references (gitlab-side.md 8.7). */
public final class ReferenceCalls extends RefServiceGrpc.RefServiceImplBase {
  private final Calls calls;
  private final Repositories repositories;

  /** Reads and changes these repositories. */
  public ReferenceCalls(Calls calls, Repositories repositories) {
    this.calls = calls;
    this.repositories = repositories;
  }

  @Override
  public void findDefaultBranchName(
      FindDefaultBranchNameRequest request,
      StreamObserver<FindDefaultBranchNameResponse> observer) {
    calls.unary(
        observer,
        () -> {
          try (Repository repository = repositories.open(request.getRepository())) {
            var references = new References(repository);
            Optional<String> name =
                request.getHeadOnly() ? references.headTarget() : references.defaultBranch();
            return FindDefaultBranchNameResponse.newBuilder()
                .setName(ByteString.copyFromUtf8(name.orElse("")))
                .build();
          }
        });
  }

  @Override
  public void listRefs(ListRefsRequest request, StreamObserver<ListRefsResponse> observer) {
    calls.streaming(
        observer,
        responses -> {
          try (Repository repository = repositories.open(request.getRepository())) {
            new ListRefsCall(repository, request, responses).run();
          }
        });
  }

  @Override
  public void refExists(RefExistsRequest request, StreamObserver<RefExistsResponse> observer) {
    calls.unary(
        observer,
        () -> {
          try (Repository repository = repositories.open(request.getRepository())) {
            String name = request.getRef().toStringUtf8();
            if (!name.startsWith(Constants.R_REFS) || !Repository.isValidRefName(name)) {
              throw GitalyFailure.invalid("invalid refname");
            }
            boolean exists = new References(repository).find(name).isPresent();
            return RefExistsResponse.newBuilder().setValue(exists).build();
          }
        });
  }

  @Override
  public void findBranch(FindBranchRequest request, StreamObserver<FindBranchResponse> observer) {
    calls.unary(
        observer,
        () -> {
          try (Repository repository = repositories.open(request.getRepository());
              RevWalk walk = new RevWalk(repository)) {
            String name = request.getName().toStringUtf8();
            if (name.isEmpty()) {
              throw GitalyFailure.invalid("Branch name cannot be empty");
            }
            name =
                name.startsWith(Constants.R_HEADS)
                    ? name.substring(Constants.R_HEADS.length())
                    : name;
            Optional<Ref> ref = new References(repository).find(Constants.R_HEADS + name);
            var answer = FindBranchResponse.newBuilder();
            if (ref.isPresent()) {
              answer.setBranch(branch(name, walk.parseCommit(ref.get().getObjectId())));
            }
            return answer.build();
          }
        });
  }

  @Override
  public void findLocalBranches(
      FindLocalBranchesRequest request, StreamObserver<FindLocalBranchesResponse> observer) {
    calls.streaming(
        observer,
        responses -> {
          try (Repository repository = repositories.open(request.getRepository())) {
            branches(repository, request, responses);
          }
        });
  }

  @Override
  public StreamObserver<UpdateReferencesRequest> updateReferences(
      StreamObserver<UpdateReferencesResponse> observer) {
    return calls.<UpdateReferencesRequest, UpdateReferencesResponse>collecting(
        observer,
        requests -> {
          UpdateReferencesRequest first =
              requests.take().orElseThrow(() -> GitalyFailure.invalid("repository not set"));
          try (Repository repository = repositories.open(first.getRepository())) {
            var update = new ReferenceTransaction(repository);
            for (Optional<UpdateReferencesRequest> next = Optional.of(first);
                next.isPresent();
                next = requests.take()) {
              update.add(next.get().getUpdatesList());
            }
            update.commit();
            return UpdateReferencesResponse.getDefaultInstance();
          }
        });
  }

  private static void branches(
      Repository repository,
      FindLocalBranchesRequest request,
      Responses<FindLocalBranchesResponse> responses)
      throws IOException {
    var batches =
        new Batches<Branch, FindLocalBranchesResponse>(
            responses,
            branches ->
                FindLocalBranchesResponse.newBuilder().addAllLocalBranches(branches).build());
    String token = request.getPaginationParams().getPageToken();
    long left =
        request.hasPaginationParams() && request.getPaginationParams().getLimit() >= 0
            ? request.getPaginationParams().getLimit()
            : Long.MAX_VALUE;
    boolean begun = token.isEmpty();
    try (RevWalk walk = new RevWalk(repository)) {
      for (Ref ref : sorted(walk, new References(repository).branches(), request.getSortBy())) {
        if (!begun) {
          begun = ref.getName().equals(token);
        } else if (left-- > 0) {
          batches.add(branch(ref.getName(), walk.parseCommit(ref.getObjectId())));
        } else {
          break;
        }
      }
    }
    if (!begun) {
      throw GitalyFailure.invalid("could not find page token: " + token);
    }
    batches.flush();
  }

  private static List<Ref> sorted(RevWalk walk, List<Ref> refs, FindLocalBranchesRequest.SortBy by)
      throws IOException {
    if (by == FindLocalBranchesRequest.SortBy.NAME) {
      return refs;
    }
    Map<ObjectId, Integer> times = new HashMap<>();
    for (Ref ref : refs) {
      times.put(ref.getObjectId(), walk.parseCommit(ref.getObjectId()).getCommitTime());
    }
    Comparator<Ref> order = Comparator.comparing(ref -> times.getOrDefault(ref.getObjectId(), 0));
    return refs.stream()
        .sorted(by == FindLocalBranchesRequest.SortBy.UPDATED_DESC ? order.reversed() : order)
        .toList();
  }

  private static Branch branch(String name, RevCommit commit) {
    return Branch.newBuilder()
        .setName(ByteString.copyFromUtf8(name))
        .setTargetCommit(CommitMessages.of(commit))
        .build();
  }
}
