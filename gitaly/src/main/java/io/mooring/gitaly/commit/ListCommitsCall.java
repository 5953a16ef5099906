package io.mooring.gitaly.commit;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.mooring.gitaly.call.Batches;
import io.mooring.gitaly.call.Responses;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.object.Revisions;
import io.mooring.wire.gitaly.GitCommit;
import io.mooring.wire.gitaly.ListCommitsRequest;
import io.mooring.wire.gitaly.ListCommitsResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.eclipse.jgit.errors.StopWalkException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.AndRevFilter;
import org.eclipse.jgit.revwalk.filter.RevFilter;

/**
 * Commits that are reachable from revisions (gitlab-side.md 8.7, ListCommits; the words of git
 * rev-list).
 */
final class ListCommitsCall {
  private final Repository repository;
  private final ListCommitsRequest request;
  private final Batches<GitCommit, ListCommitsResponse> batches;
  private final Responses<ListCommitsResponse> responses;
  private final List<RevCommit> starts = new ArrayList<>();

  ListCommitsCall(
      Repository repository, ListCommitsRequest request, Responses<ListCommitsResponse> responses) {
    this.repository = repository;
    this.request = request;
    this.responses = responses;
    batches =
        new Batches<>(
            responses, commits -> ListCommitsResponse.newBuilder().addAllCommits(commits).build());
  }

  void run() throws IOException {
    if (request.getRevisionsCount() == 0) {
      throw GitalyFailure.invalid("missing revisions");
    }
    try (RevWalk walk = new RevWalk(repository)) {
      // Before the marks: the walk follows parents as soon as it has one.
      walk.setFirstParent(request.getFirstParent());
      mark(walk);
      if (request.getDisableWalk()) {
        for (RevCommit commit : starts) {
          batches.add(CommitMessages.of(commit));
        }
      } else {
        sort(walk);
        walk.setRevFilter(filter());
        page(walk);
      }
      batches.flush();
    }
  }

  private void page(RevWalk walk) throws IOException {
    String token = request.getPaginationParams().getPageToken();
    long left =
        request.hasPaginationParams() && request.getPaginationParams().getLimit() >= 0
            ? request.getPaginationParams().getLimit()
            : Long.MAX_VALUE;
    boolean begun = token.isEmpty();
    for (RevCommit commit = next(walk); commit != null && left > 0; commit = next(walk)) {
      if (begun) {
        batches.add(CommitMessages.of(commit));
        left--;
      } else {
        begun = commit.name().equals(token);
      }
    }
    if (!begun) {
      throw new GitalyFailure(GitalyFailure.Kind.INTERNAL, "could not find page token: " + token);
    }
  }

  private @org.jspecify.annotations.Nullable RevCommit next(RevWalk walk) throws IOException {
    responses.checkCancelled();
    return walk.next();
  }

  private void mark(RevWalk walk) throws IOException {
    boolean not = false;
    for (String text : request.getRevisionsList()) {
      if (text.equals("--not")) {
        not = !not;
      } else if (text.startsWith("--")) {
        for (ObjectId id : group(text)) {
          add(walk, id.name(), not);
        }
      } else {
        one(walk, text, not);
      }
    }
  }

  private void one(RevWalk walk, String text, boolean not) throws IOException {
    if (text.startsWith("^")) {
      add(walk, text.substring(1), !not);
      return;
    }
    int dots = text.indexOf("..");
    if (dots < 0) {
      add(walk, text, not);
      return;
    }
    boolean symmetric = text.startsWith("...", dots);
    String left = dots == 0 ? Constants.HEAD : text.substring(0, dots);
    String right = text.substring(dots + (symmetric ? 3 : 2));
    right = right.isEmpty() ? Constants.HEAD : right;
    add(walk, right, not);
    add(walk, left, symmetric == not);
    if (symmetric) {
      for (RevCommit base : bases(left, right)) {
        add(walk, base.name(), !not);
      }
    }
  }

  private List<RevCommit> bases(String left, String right) throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      walk.setRevFilter(RevFilter.MERGE_BASE);
      walk.markStart(commit(walk, left));
      walk.markStart(commit(walk, right));
      var bases = new ArrayList<RevCommit>();
      walk.forEach(bases::add);
      return bases;
    }
  }

  private List<ObjectId> group(String option) throws IOException {
    String prefix =
        switch (option) {
          case "--all" -> Constants.R_REFS;
          case "--branches" -> Constants.R_HEADS;
          case "--tags" -> Constants.R_TAGS;
          default ->
              throw GitalyFailure.invalid(
                  "invalid revision: \""
                      + option
                      + "\" (expected: a revision, --not, --all, --branches or --tags)");
        };
    var ids = new ArrayList<ObjectId>();
    try (RevWalk walk = new RevWalk(repository)) {
      for (Ref ref : repository.getRefDatabase().getRefsByPrefix(prefix)) {
        ObjectId id = ref.getObjectId();
        if (id != null && walk.peel(walk.parseAny(id)) instanceof RevCommit commit) {
          ids.add(commit.copy());
        }
      }
    }
    return ids;
  }

  private void add(RevWalk walk, String revision, boolean not) throws IOException {
    RevCommit commit = commit(walk, revision);
    if (not) {
      walk.markUninteresting(commit);
    } else {
      walk.markStart(commit);
      starts.add(commit);
    }
  }

  private RevCommit commit(RevWalk walk, String revision) throws IOException {
    return Revisions.commit(repository, walk, Revisions.checked(revision))
        .orElseThrow(() -> GitalyFailure.notFound("revision not found: " + revision));
  }

  private void sort(RevWalk walk) {
    switch (request.getOrder()) {
      case NONE, UNRECOGNIZED -> {}
      case TOPO -> walk.sort(RevSort.TOPO);
      case DATE -> {
        walk.sort(RevSort.TOPO);
        walk.sort(RevSort.COMMIT_TIME_DESC, true);
      }
    }
    if (request.getReverse()) {
      walk.sort(RevSort.REVERSE, true);
    }
  }

  private RevFilter filter() {
    var rules = new ArrayList<Predicate<RevCommit>>();
    if (request.getMaxParents() != 0) {
      rules.add(
          commit -> commit.getParentCount() <= Integer.toUnsignedLong(request.getMaxParents()));
    }
    if (request.hasAfter()) {
      rules.add(commit -> commit.getCommitTime() > seconds(request.getAfter()));
    }
    if (request.hasBefore()) {
      rules.add(commit -> commit.getCommitTime() < seconds(request.getBefore()));
    }
    if (!request.getAuthor().isEmpty()) {
      Pattern author = pattern(request.getAuthor());
      rules.add(commit -> author.matcher(commit.getAuthorIdent().toExternalString()).find());
    }
    if (request.getCommitMessagePatternsCount() > 0) {
      List<Pattern> patterns =
          request.getCommitMessagePatternsList().stream().map(this::pattern).toList();
      rules.add(commit -> {
        String message = commit.getFullMessage();
        return patterns.stream().anyMatch(pattern -> pattern.matcher(message).find());
      });
    }
    return rules.isEmpty() ? RevFilter.ALL : AndRevFilter.create(RevFilter.ALL, new Rules(rules));
  }

  private static long seconds(Timestamp time) {
    return time.getSeconds();
  }

  private Pattern pattern(ByteString text) {
    try {
      int flags = request.getIgnoreCase() ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
      return Pattern.compile(text.toStringUtf8(), flags | Pattern.MULTILINE);
    } catch (PatternSyntaxException e) {
      throw new GitalyFailure(
          GitalyFailure.Kind.INVALID_ARGUMENT,
          "invalid regular expression: " + e.getDescription(),
          e);
    }
  }

  /** All rules hold. */
  private static final class Rules extends RevFilter {
    private final List<Predicate<RevCommit>> rules;

    Rules(List<Predicate<RevCommit>> rules) {
      this.rules = rules;
    }

    @Override
    public boolean include(RevWalk walker, RevCommit commit) throws StopWalkException {
      return rules.stream().allMatch(rule -> rule.test(commit));
    }

    @Override
    public RevFilter clone() {
      return this;
    }
  }
}
