package io.mooring.gitaly.blob;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.mooring.gitaly.call.Calls;
import io.mooring.gitaly.call.Responses;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.object.BlobPieces;
import io.mooring.gitaly.object.Revisions;
import io.mooring.gitaly.object.TreeItem;
import io.mooring.gitaly.object.TreeReader;
import io.mooring.gitaly.storage.Repositories;
import io.mooring.wire.gitaly.BlobServiceGrpc;
import io.mooring.wire.gitaly.GetBlobRequest;
import io.mooring.wire.gitaly.GetBlobResponse;
import io.mooring.wire.gitaly.GetBlobsRequest;
import io.mooring.wire.gitaly.GetBlobsResponse;
import io.mooring.wire.gitaly.ObjectType;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;

/** BlobService: contents of files by object id or by path (gitlab-side.md 8.7). */
public final class BlobCalls extends BlobServiceGrpc.BlobServiceImplBase {
  private final Calls calls;
  private final Repositories repositories;

  /** Reads from these repositories. */
  public BlobCalls(Calls calls, Repositories repositories) {
    this.calls = calls;
    this.repositories = repositories;
  }

  @Override
  public void getBlob(GetBlobRequest request, StreamObserver<GetBlobResponse> observer) {
    calls.streaming(
        observer,
        responses -> {
          try (Repository repository = repositories.open(request.getRepository());
              ObjectReader reader = repository.newObjectReader()) {
            if (request.getOid().isEmpty()) {
              throw GitalyFailure.invalid("empty Oid");
            }
            send(reader, request, responses);
          }
        });
  }

  @Override
  public void getBlobs(GetBlobsRequest request, StreamObserver<GetBlobsResponse> observer) {
    calls.streaming(
        observer,
        responses -> {
          try (Repository repository = repositories.open(request.getRepository());
              ObjectReader reader = repository.newObjectReader()) {
            if (request.getRevisionPathsCount() == 0) {
              throw GitalyFailure.invalid("empty RevisionPaths");
            }
            for (GetBlobsRequest.RevisionPath wanted : request.getRevisionPathsList()) {
              var _ = Revisions.checked(wanted.getRevision());
              if (wanted.getPath().isEmpty()) {
                throw GitalyFailure.invalid("empty Path");
              }
              send(repository, reader, wanted, request.getLimit(), responses);
            }
          }
        });
  }

  private static void send(
      ObjectReader reader, GetBlobRequest request, Responses<GetBlobResponse> responses)
      throws IOException {
    Optional<ObjectLoader> blob = blob(reader, request.getOid());
    if (blob.isEmpty()) {
      responses.send(GetBlobResponse.getDefaultInstance());
      return;
    }
    try (var pieces = new BlobPieces(blob.get(), limit(request.getLimit()))) {
      responses.send(
          GetBlobResponse.newBuilder()
              .setOid(request.getOid())
              .setSize(blob.get().getSize())
              .setData(pieces.next().orElse(ByteString.EMPTY))
              .build());
      for (Optional<ByteString> piece = pieces.next(); piece.isPresent(); piece = pieces.next()) {
        responses.send(GetBlobResponse.newBuilder().setData(piece.get()).build());
      }
    }
  }

  private static void send(
      Repository repository,
      ObjectReader reader,
      GetBlobsRequest.RevisionPath wanted,
      long limit,
      Responses<GetBlobsResponse> responses)
      throws IOException {
    GetBlobsResponse.Builder first =
        GetBlobsResponse.newBuilder().setRevision(wanted.getRevision()).setPath(wanted.getPath());
    Optional<ObjectId> tree = Revisions.tree(repository, wanted.getRevision());
    Optional<TreeItem> item =
        tree.isEmpty()
            ? Optional.empty()
            : new TreeReader(reader).find(tree.get(), wanted.getPath());
    if (item.isEmpty()) {
      responses.send(first.build());
      return;
    }
    first.setOid(item.get().id().name()).setMode(item.get().mode());
    if (item.get().isSubmodule()) {
      responses.send(first.setIsSubmodule(true).setType(ObjectType.COMMIT).build());
    } else if (item.get().isTree()) {
      long size = reader.getObjectSize(item.get().id(), Constants.OBJ_TREE);
      responses.send(first.setSize(size).setType(ObjectType.TREE).build());
    } else {
      ObjectLoader blob = reader.open(item.get().id(), Constants.OBJ_BLOB);
      try (var pieces = new BlobPieces(blob, limit(limit))) {
        responses.send(
            first
                .setSize(blob.getSize())
                .setType(ObjectType.BLOB)
                .setData(pieces.next().orElse(ByteString.EMPTY))
                .build());
        for (Optional<ByteString> piece = pieces.next(); piece.isPresent(); piece = pieces.next()) {
          responses.send(GetBlobsResponse.newBuilder().setData(piece.get()).build());
        }
      }
    }
  }

  private static Optional<ObjectLoader> blob(ObjectReader reader, String id) throws IOException {
    if (!ObjectId.isId(id)) {
      return Optional.empty();
    }
    try {
      ObjectLoader object = reader.open(ObjectId.fromString(id));
      return object.getType() == Constants.OBJ_BLOB ? Optional.of(object) : Optional.empty();
    } catch (MissingObjectException e) {
      return Optional.empty();
    }
  }

  private static long limit(long requested) {
    return requested < 0 ? Long.MAX_VALUE : requested;
  }
}
