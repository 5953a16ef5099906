package io.mooring.gitaly.commit;

import com.google.protobuf.ByteString;
import io.mooring.gitaly.call.Responses;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.object.BlobPieces;
import io.mooring.gitaly.object.Revisions;
import io.mooring.gitaly.object.TreeItem;
import io.mooring.gitaly.object.TreeReader;
import io.mooring.wire.gitaly.TreeEntryRequest;
import io.mooring.wire.gitaly.TreeEntryResponse;
import io.mooring.wire.gitaly.TreeEntryResponse.ObjectType;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/** One file, directory or submodule of a revision (gitlab-side.md 8.5). */
final class TreeEntryCall {
  private final Repository repository;
  private final TreeEntryRequest request;
  private final Responses<TreeEntryResponse> responses;

  TreeEntryCall(
      Repository repository, TreeEntryRequest request, Responses<TreeEntryResponse> responses) {
    this.repository = repository;
    this.request = request;
    this.responses = responses;
  }

  /** What needs no repository. */
  static void check(TreeEntryRequest request) {
    var _ = Revisions.checked(request.getRevision());
    if (request.getPath().isEmpty()) {
      throw GitalyFailure.invalid("empty Path");
    }
    if (request.getLimit() < 0) {
      throw GitalyFailure.invalid("negative Limit");
    }
    if (request.getMaxSize() < 0) {
      throw GitalyFailure.invalid("negative MaxSize");
    }
  }

  void run() throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      TreeItem item =
          find(reader).orElseThrow(() -> GitalyFailure.notFound("tree entry not found"));
      try {
        send(reader, item);
      } catch (IncorrectObjectTypeException | MissingObjectException e) {
        throw new GitalyFailure(
            GitalyFailure.Kind.INTERNAL,
            "tree entry names object " + item.id().name() + ", which is missing or of another type",
            e);
      }
    }
  }

  private Optional<TreeItem> find(ObjectReader reader) throws IOException {
    Optional<ObjectId> tree = Revisions.tree(repository, request.getRevision().toStringUtf8());
    ByteString path = withoutSlashesAtEnd(request.getPath());
    return tree.isEmpty() || path.isEmpty()
        ? Optional.empty()
        : new TreeReader(reader).find(tree.get(), path);
  }

  private void send(ObjectReader reader, TreeItem item) throws IOException {
    TreeEntryResponse.Builder first =
        TreeEntryResponse.newBuilder().setOid(item.id().name()).setMode(item.mode());
    if (item.isSubmodule()) {
      responses.send(first.setType(ObjectType.COMMIT).build());
    } else if (item.isTree()) {
      long size = reader.getObjectSize(item.id(), Constants.OBJ_TREE);
      responses.send(first.setType(ObjectType.TREE).setSize(size).build());
    } else {
      sendBlob(first.setType(ObjectType.BLOB), reader.open(item.id(), Constants.OBJ_BLOB));
    }
  }

  private void sendBlob(TreeEntryResponse.Builder first, ObjectLoader blob) throws IOException {
    long size = blob.getSize();
    if (request.getMaxSize() > 0 && size > request.getMaxSize()) {
      throw GitalyFailure.precondition(
          "object size ("
              + size
              + ") is bigger than the maximum allowed size ("
              + request.getMaxSize()
              + ")");
    }
    try (var pieces =
        new BlobPieces(blob, request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE)) {
      responses.send(first.setSize(size).setData(pieces.next().orElse(ByteString.EMPTY)).build());
      for (Optional<ByteString> piece = pieces.next(); piece.isPresent(); piece = pieces.next()) {
        responses.send(TreeEntryResponse.newBuilder().setData(piece.get()).build());
      }
    }
  }

  private static ByteString withoutSlashesAtEnd(ByteString path) {
    int end = path.size();
    while (end > 0 && path.byteAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }
}
