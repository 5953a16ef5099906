package io.mooring.gitaly.repository;

import io.grpc.stub.StreamObserver;
import io.mooring.gitaly.call.Calls;
import io.mooring.gitaly.failure.GitalyFailure;
import io.mooring.gitaly.failure.GitalyFailure.Kind;
import io.mooring.gitaly.object.Revisions;
import io.mooring.gitaly.reference.References;
import io.mooring.gitaly.storage.Location;
import io.mooring.gitaly.storage.Repositories;
import io.mooring.gitaly.storage.RepositoryAddress;
import io.mooring.wire.gitaly.CreateRepositoryRequest;
import io.mooring.wire.gitaly.CreateRepositoryResponse;
import io.mooring.wire.gitaly.HasLocalBranchesRequest;
import io.mooring.wire.gitaly.HasLocalBranchesResponse;
import io.mooring.wire.gitaly.ObjectFormat;
import io.mooring.wire.gitaly.ObjectFormatRequest;
import io.mooring.wire.gitaly.ObjectFormatResponse;
import io.mooring.wire.gitaly.RemoveRepositoryRequest;
import io.mooring.wire.gitaly.RemoveRepositoryResponse;
import io.mooring.wire.gitaly.RepositoryExistsRequest;
import io.mooring.wire.gitaly.RepositoryExistsResponse;
import io.mooring.wire.gitaly.RepositoryServiceGrpc;
import io.mooring.wire.gitaly.RepositorySizeRequest;
import io.mooring.wire.gitaly.RepositorySizeResponse;
import io.mooring.wire.gitaly.WriteRefRequest;
import io.mooring.wire.gitaly.WriteRefResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;

/** RepositoryService: repositories as a whole (gitlab-side.md 8.7). */
public final class RepositoryCalls extends RepositoryServiceGrpc.RepositoryServiceImplBase {
  private static final String DEFAULT_BRANCH = "main";

  private final Calls calls;
  private final Repositories repositories;
  private final RepositoryFolders folders;

  /** Makes, changes and removes these repositories. */
  public RepositoryCalls(Calls calls, Repositories repositories, RepositoryFolders folders) {
    this.calls = calls;
    this.repositories = repositories;
    this.folders = folders;
  }

  @Override
  public void repositoryExists(
      RepositoryExistsRequest request, StreamObserver<RepositoryExistsResponse> observer) {
    calls.unary(
        observer,
        () ->
            RepositoryExistsResponse.newBuilder()
                .setExists(exists(RepositoryAddress.of(request.getRepository())))
                .build());
  }

  @Override
  public void createRepository(
      CreateRepositoryRequest request, StreamObserver<CreateRepositoryResponse> observer) {
    calls.unary(
        observer,
        () -> {
          if (request.getObjectFormat() == ObjectFormat.OBJECT_FORMAT_SHA256) {
            throw new GitalyFailure(
                Kind.UNIMPLEMENTED, "object format SHA256 is not supported (expected: SHA1)");
          }
          String branch =
              request.getDefaultBranch().isEmpty()
                  ? DEFAULT_BRANCH
                  : request.getDefaultBranch().toStringUtf8();
          folders.create(place(request.getRepository()), branch);
          return CreateRepositoryResponse.getDefaultInstance();
        });
  }

  @Override
  public void removeRepository(
      RemoveRepositoryRequest request, StreamObserver<RemoveRepositoryResponse> observer) {
    calls.unary(
        observer,
        () -> {
          folders.remove(place(request.getRepository()));
          return RemoveRepositoryResponse.getDefaultInstance();
        });
  }

  @Override
  public void hasLocalBranches(
      HasLocalBranchesRequest request, StreamObserver<HasLocalBranchesResponse> observer) {
    calls.unary(
        observer,
        () -> {
          try (Repository repository = repositories.open(request.getRepository())) {
            boolean some =
                repository.getRefDatabase().hasRefs()
                    && !new References(repository).branches().isEmpty();
            return HasLocalBranchesResponse.newBuilder().setValue(some).build();
          }
        });
  }

  @Override
  public void objectFormat(
      ObjectFormatRequest request, StreamObserver<ObjectFormatResponse> observer) {
    calls.unary(
        observer,
        () -> {
          Location _ =
              repositories.storages().existing(RepositoryAddress.of(request.getRepository()));
          return ObjectFormatResponse.newBuilder()
              .setFormat(ObjectFormat.OBJECT_FORMAT_SHA1)
              .build();
        });
  }

  @Override
  public void repositorySize(
      RepositorySizeRequest request, StreamObserver<RepositorySizeResponse> observer) {
    calls.unary(
        observer,
        () -> {
          Location place =
              repositories.storages().existing(RepositoryAddress.of(request.getRepository()));
          return RepositorySizeResponse.newBuilder().setSize(folders.size(place) / 1024).build();
        });
  }

  @Override
  public void writeRef(WriteRefRequest request, StreamObserver<WriteRefResponse> observer) {
    calls.unary(
        observer,
        () -> {
          try (Repository repository = repositories.open(request.getRepository())) {
            write(repository, request);
            return WriteRefResponse.getDefaultInstance();
          }
        });
  }

  private static void write(Repository repository, WriteRefRequest request) throws IOException {
    String name = Revisions.checked(request.getRef());
    String revision = Revisions.checked(request.getRevision());
    var references = new References(repository);
    if (name.equals(Constants.HEAD)) {
      references.pointHead(revision);
      return;
    }
    if (!name.startsWith(Constants.R_REFS) || !Repository.isValidRefName(name)) {
      throw GitalyFailure.invalid("invalid ref: \"" + name + "\" (expected: HEAD or refs/<name>)");
    }
    ObjectId target = id(repository, revision);
    Optional<ObjectId> expected =
        request.getOldRevision().isEmpty()
            ? Optional.empty()
            : Optional.of(id(repository, Revisions.checked(request.getOldRevision())));
    references.change(List.of(references.command(name, expected, target)));
  }

  /** The object of a revision; only zeros stands for "no object". */
  private static ObjectId id(Repository repository, String revision) throws IOException {
    if (revision.equals(ObjectId.zeroId().name())) {
      return ObjectId.zeroId();
    }
    return Revisions.object(repository, revision)
        .orElseThrow(() -> GitalyFailure.notFound("revision not found: \"" + revision + "\""));
  }

  private boolean exists(RepositoryAddress address) throws IOException {
    try {
      Location _ = repositories.storages().existing(address);
      return true;
    } catch (GitalyFailure e) {
      if (e.kind() == Kind.NOT_FOUND || e.kind() == Kind.FAILED_PRECONDITION) {
        return false;
      }
      throw e;
    }
  }

  private Location place(io.mooring.wire.gitaly.Repository named) throws IOException {
    return repositories.storages().locate(RepositoryAddress.of(named));
  }
}
