package io.mooring.gitaly.reference;

import com.google.protobuf.ByteString;
import io.mooring.gitaly.call.Batches;
import io.mooring.gitaly.call.Responses;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import io.mooring.wire.gitaly.ListRefsRequest;
import io.mooring.wire.gitaly.ListRefsResponse;
import io.mooring.wire.gitaly.SortDirection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.eclipse.jgit.errors.InvalidPatternException;
import org.eclipse.jgit.fnmatch.FileNameMatcher;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevTag;
import org.eclipse.jgit.revwalk.RevWalk;

/** References by patterns, as git for-each-ref lists them (gitlab-side.md 8.7, ListRefs). */
final class ListRefsCall {
  private final Repository repository;
  private final ListRefsRequest request;
  private final Responses<ListRefsResponse> responses;

  ListRefsCall(
      Repository repository, ListRefsRequest request, Responses<ListRefsResponse> responses) {
    this.repository = repository;
    this.request = request;
    this.responses = responses;
  }

  void run() throws IOException {
    if (request.getPatternsCount() == 0) {
      throw GitalyFailure.invalid("patterns must have at least one entry");
    }
    var batches =
        new Batches<ListRefsResponse.Reference, ListRefsResponse>(
            responses,
            references -> ListRefsResponse.newBuilder().addAllReferences(references).build());
    Ref head = repository.getRefDatabase().exactRef(Constants.HEAD);
    if (request.getHead() && head != null && head.getObjectId() != null) {
      batches.add(reference(Constants.HEAD, head));
    }
    for (Ref ref : sorted(matching())) {
      batches.add(reference(ref.getName(), ref));
    }
    batches.flush();
  }

  private List<Ref> matching() throws IOException {
    List<String> patterns =
        request.getPatternsList().stream().map(ByteString::toStringUtf8).toList();
    Set<ObjectId> targets = new HashSet<>();
    for (ByteString id : request.getPointingAtOidsList()) {
      if (!ObjectId.isId(id.toStringUtf8())) {
        throw GitalyFailure.invalid("invalid object ID: \"" + id.toStringUtf8() + "\"");
      }
      targets.add(ObjectId.fromString(id.toStringUtf8()));
    }
    var found = new ArrayList<Ref>();
    for (Ref ref : repository.getRefDatabase().getRefsByPrefix(Constants.R_REFS)) {
      if (ref.isSymbolic() || ref.getObjectId() == null || !matches(patterns, ref.getName())) {
        continue;
      }
      if (targets.isEmpty()
          || targets.contains(ref.getObjectId())
          || targets.contains(peeled(ref))) {
        found.add(ref);
      }
    }
    return found;
  }

  /**
   * A pattern is a whole name, a name up to a slash, or has wildcards that do not cross slashes.
   */
  static boolean matches(List<String> patterns, String name) {
    for (String pattern : patterns) {
      String prefix = pattern.endsWith("/") ? pattern : pattern + "/";
      if (name.equals(pattern) || name.startsWith(prefix)) {
        return true;
      }
      try {
        var matcher = new FileNameMatcher(pattern, '/');
        matcher.append(name);
        if (matcher.isMatch()) {
          return true;
        }
      } catch (InvalidPatternException e) {
        throw new GitalyFailure(Kind.INVALID_ARGUMENT, "invalid pattern: \"" + pattern + "\"", e);
      }
    }
    return false;
  }

  private List<Ref> sorted(List<Ref> refs) throws IOException {
    Comparator<Ref> order = Comparator.comparing(Ref::getName);
    if (request.getSortBy().getKey() != ListRefsRequest.SortBy.Key.REFNAME) {
      Map<ObjectId, Long> dates = dates(refs);
      order =
          Comparator.<Ref, Long>comparing(ref -> dates.getOrDefault(ref.getObjectId(), 0L))
              .thenComparing(order);
    }
    if (request.getSortBy().getDirection() == SortDirection.DESCENDING) {
      order = order.reversed();
    }
    return refs.stream().sorted(order).toList();
  }

  private Map<ObjectId, Long> dates(List<Ref> refs) throws IOException {
    var dates = new HashMap<ObjectId, Long>();
    try (RevWalk walk = new RevWalk(repository)) {
      for (Ref ref : refs) {
        RevObject object = walk.parseAny(ref.getObjectId());
        if (object instanceof RevCommit commit) {
          boolean byAuthor = request.getSortBy().getKey() == ListRefsRequest.SortBy.Key.AUTHORDATE;
          dates.put(
              ref.getObjectId(),
              byAuthor
                  ? commit.getAuthorIdent().getWhenAsInstant().getEpochSecond()
                  : commit.getCommitTime());
        } else if (object instanceof RevTag tag
            && tag.getTaggerIdent() != null
            && request.getSortBy().getKey() == ListRefsRequest.SortBy.Key.CREATORDATE) {
          dates.put(ref.getObjectId(), tag.getTaggerIdent().getWhenAsInstant().getEpochSecond());
        }
      }
    }
    return dates;
  }

  private ListRefsResponse.Reference reference(String name, Ref ref) throws IOException {
    ObjectId target = target(ref);
    var reference =
        ListRefsResponse.Reference.newBuilder()
            .setName(ByteString.copyFromUtf8(name))
            .setTarget(target.name());
    if (request.getPeelTags()) {
      ObjectId peeled = peeled(ref);
      if (!peeled.equals(target)) {
        reference.setPeeledTarget(peeled.name());
      }
    }
    return reference.build();
  }

  /** What an annotated tag names; else the target itself. */
  private ObjectId peeled(Ref ref) throws IOException {
    ObjectId peeled = repository.getRefDatabase().peel(ref).getPeeledObjectId();
    return peeled == null ? target(ref) : peeled;
  }

  /** Of a reference that was found to have one. */
  private static ObjectId target(Ref ref) {
    return Objects.requireNonNull(ref.getObjectId());
  }
}
