package io.mooring.gitaly.commit;

import com.google.protobuf.ByteString;
import io.mooring.gitaly.call.Batches;
import io.mooring.gitaly.call.Responses;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.object.Revisions;
import io.mooring.gitaly.object.TreeItem;
import io.mooring.gitaly.object.TreeReader;
import io.mooring.wire.gitaly.GetTreeEntriesError;
import io.mooring.wire.gitaly.GetTreeEntriesRequest;
import io.mooring.wire.gitaly.GetTreeEntriesResponse;
import io.mooring.wire.gitaly.PaginationCursor;
import io.mooring.wire.gitaly.PathError;
import io.mooring.wire.gitaly.ResolveRevisionError;
import io.mooring.wire.gitaly.TreeEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/**
 * The entries of a directory of a revision (gitlab-side.md 8.6). A listing is never held whole:
 * where it is paged, it is walked twice, because the cursor travels in the first message.
 */
final class GetTreeEntriesCall {
  /** Levels of lone directories that a flat path goes down. */
  private static final int FLAT_LEVELS = 10;

  private final Repository repository;
  private final GetTreeEntriesRequest request;
  private final Responses<GetTreeEntriesResponse> responses;
  private final ByteString path;

  GetTreeEntriesCall(
      Repository repository,
      GetTreeEntriesRequest request,
      Responses<GetTreeEntriesResponse> responses) {
    this.repository = repository;
    this.request = request;
    this.responses = responses;
    path = directory(request.getPath());
  }

  /** What needs no repository. */
  static void check(GetTreeEntriesRequest request) {
    var _ = Revisions.checked(request.getRevision());
    if (request.getPath().isEmpty()) {
      PathError empty =
          PathError.newBuilder().setErrorType(PathError.ErrorType.ERROR_TYPE_EMPTY_PATH).build();
      throw GitalyFailure.invalid("empty path")
          .withDetail(GetTreeEntriesError.newBuilder().setPath(empty).build());
    }
  }

  void run() throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      Optional<ObjectId> directory = find(reader);
      if (directory.isPresent()) {
        send(new TreeReader(reader), directory.get());
      }
    }
  }

  /** The directory that is asked for, or nothing when a file is in its place. */
  private Optional<ObjectId> find(ObjectReader reader) throws IOException {
    ObjectId root =
        Revisions.tree(repository, request.getRevision().toStringUtf8())
            .orElseThrow(() -> unresolved("invalid revision or path"));
    if (path.isEmpty()) {
      return Optional.of(root);
    }
    TreeItem item =
        new TreeReader(reader)
            .find(root, path)
            .orElseThrow(() -> unresolved("invalid revision or path"));
    if (item.isTree()) {
      return Optional.of(item.id());
    }
    if (request.getRecursive()) {
      throw unresolved("revision doesn't exist");
    }
    return Optional.empty();
  }

  private void send(TreeReader trees, ObjectId directory) throws IOException {
    var page = new TreeEntriesPage(request);
    if (page.isEmpty()) {
      return;
    }
    String next = "";
    if (request.hasPaginationParams()) {
      walk(trees, directory, page, item -> {});
      if (!page.hasBegun()) {
        throw new GitalyFailure(
            GitalyFailure.Kind.INTERNAL, "could not find starting OID: " + page.token());
      }
      next = page.next();
    }
    var first = PaginationCursor.newBuilder().setNextCursor(next);
    var batches =
        new Batches<TreeEntry, GetTreeEntriesResponse>(
            responses,
            new java.util.function.Function<>() {
              private boolean begun;

              @Override
              public GetTreeEntriesResponse apply(List<TreeEntry> entries) {
                var message = GetTreeEntriesResponse.newBuilder().addAllEntries(entries);
                if (!begun) {
                  begun = true;
                  message.setPaginationCursor(first);
                }
                return message.build();
              }
            });
    walk(trees, directory, new TreeEntriesPage(request), item -> batches.add(entry(trees, item)));
    batches.flush();
  }

  @FunctionalInterface
  private interface Taker {
    void take(TreeItem item) throws IOException;
  }

  private void walk(TreeReader trees, ObjectId directory, TreeEntriesPage page, Taker taker)
      throws IOException {
    for (Predicate<TreeItem> kind : passes()) {
      boolean on =
          trees.list(
              directory,
              path,
              request.getRecursive(),
              item -> {
                responses.checkCancelled();
                TreeEntriesPage.Step step =
                    kind.test(item) ? page.step(item) : TreeEntriesPage.Step.SKIP;
                if (step == TreeEntriesPage.Step.TAKE) {
                  taker.take(item);
                }
                return step != TreeEntriesPage.Step.STOP;
              });
      if (!on) {
        return;
      }
    }
  }

  /** Sorting by kind is a walk for each kind, so that nothing has to be held. */
  private List<Predicate<TreeItem>> passes() {
    return switch (request.getSort()) {
      case DEFAULT, UNRECOGNIZED -> List.of(item -> true);
      case TREES_FIRST -> List.of(TreeItem::isTree, TreeItem::isBlob, TreeItem::isSubmodule);
    };
  }

  private TreeEntry entry(TreeReader trees, TreeItem item) throws IOException {
    TreeEntry.Builder entry =
        TreeEntry.newBuilder()
            .setOid(item.id().name())
            .setPath(item.path())
            .setMode(item.mode())
            .setCommitOidBytes(request.getRevision())
            .setType(
                item.isTree()
                    ? TreeEntry.EntryType.TREE
                    : item.isSubmodule() ? TreeEntry.EntryType.COMMIT : TreeEntry.EntryType.BLOB);
    if (!request.getRecursive() && !request.getSkipFlatPaths()) {
      entry.setFlatPath(item.isTree() ? trees.flatPath(item, FLAT_LEVELS) : item.path());
    }
    return entry.build();
  }

  private GitalyFailure unresolved(String message) {
    ResolveRevisionError revision =
        ResolveRevisionError.newBuilder().setRevision(request.getRevision()).build();
    return GitalyFailure.invalid(message)
        .withDetail(GetTreeEntriesError.newBuilder().setResolveTree(revision).build());
  }

  /** The path without slashes at its end; empty for the root. */
  private static ByteString directory(ByteString path) {
    int end = path.size();
    while (end > 1 && path.byteAt(end - 1) == '/') {
      end--;
    }
    ByteString trimmed = path.substring(0, end);
    return trimmed.equals(ByteString.copyFromUtf8(".")) ? ByteString.EMPTY : trimmed;
  }
}
