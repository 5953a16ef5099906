package io.mooring.kas.git;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.BlockingClientCall;
import io.mooring.kas.git.GitalyException.Code;
import io.mooring.wire.gitaly.ChangedPaths;
import io.mooring.wire.gitaly.CommitServiceGrpc;
import io.mooring.wire.gitaly.DiffServiceGrpc;
import io.mooring.wire.gitaly.FindChangedPathsRequest;
import io.mooring.wire.gitaly.FindChangedPathsResponse;
import io.mooring.wire.gitaly.GetTreeEntriesError;
import io.mooring.wire.gitaly.GetTreeEntriesRequest;
import io.mooring.wire.gitaly.GetTreeEntriesResponse;
import io.mooring.wire.gitaly.InfoRefsRequest;
import io.mooring.wire.gitaly.InfoRefsResponse;
import io.mooring.wire.gitaly.SmartHTTPServiceGrpc;
import io.mooring.wire.gitaly.TreeEntry;
import io.mooring.wire.gitaly.TreeEntryRequest;
import io.mooring.wire.gitaly.TreeEntryResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gitaly's RPCs as plain calls: one method one RPC, nothing remembered. Thread-safe; callers block
 * on their own thread. What a call has read when it fails is thrown away.
 */
final class GitalyClient {
  /**
   * Of one RPC. Gitaly answers in milliseconds; only the listing of a very large tree takes
   * seconds.
   */
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private static final String INFO_REFS = "InfoRefsUploadPack";
  private static final String TREE_ENTRY = "TreeEntry";
  private static final String GET_TREE_ENTRIES = "GetTreeEntries";
  private static final String FIND_CHANGED_PATHS = "FindChangedPaths";

  private final GitalyServers servers;
  private final Turns turns;

  GitalyClient(GitalyServers servers) {
    this.servers = servers;
    this.turns = new Turns(servers.limit());
  }

  /** Looks for a ref, {@code HEAD} or a full name, and stops reading as soon as it was seen. */
  RefTip tip(Repository repository, String ref, Traffic traffic)
      throws GitalyException, InterruptedException {
    var stub = stub(repository, SmartHTTPServiceGrpc::newBlockingV2Stub, INFO_REFS, traffic);
    InfoRefsRequest request =
        InfoRefsRequest.newBuilder().setRepository(repository.message()).build();
    RefAdvertisement advertisement = new RefAdvertisement(ref);
    try {
      BlockingClientCall<?, InfoRefsResponse> call = stub.infoRefsUploadPack(request);
      readWhile(call, answer -> advertisement.feed(answer.getData().toByteArray()));
      return advertisement.tip();
    } catch (StatusException e) {
      throw new GitalyException(Code.RPC_ERROR, INFO_REFS, ref, e);
    } catch (MalformedAdvertisementException e) {
      throw new GitalyException(Code.PROTOCOL_ERROR, INFO_REFS, ref, e);
    }
  }

  /**
   * Reads a file.
   *
   * @param revision a commit id
   * @param maxSize in bytes; a larger file is {@link Code#FILE_TOO_BIG} and not sent
   */
  Blob blob(Repository repository, String revision, String path, long maxSize, Traffic traffic)
      throws GitalyException, InterruptedException {
    var stub = stub(repository, CommitServiceGrpc::newBlockingV2Stub, TREE_ENTRY, traffic);
    TreeEntryRequest request =
        TreeEntryRequest.newBuilder()
            .setRepository(repository.message())
            .setRevision(ByteString.copyFromUtf8(revision))
            .setPath(ByteString.copyFromUtf8(path))
            // Zero would mean no limit to Gitaly.
            .setMaxSize(Math.max(1, maxSize))
            .build();
    BlobReader reader = new BlobReader(path, maxSize);
    try {
      BlockingClientCall<?, TreeEntryResponse> call = stub.treeEntry(request);
      readWhile(call, reader::take);
      return reader.blob();
    } catch (StatusException e) {
      Code code =
          switch (e.getStatus().getCode()) {
            case NOT_FOUND -> Code.NOT_FOUND;
            case FAILED_PRECONDITION -> Code.FILE_TOO_BIG;
            default -> Code.RPC_ERROR;
          };
      throw new GitalyException(code, TREE_ENTRY, path, e);
    }
  }

  /**
   * Lists a tree in the order of Git.
   *
   * @param revision commit id, full ref name or {@code HEAD}
   * @param path of the tree, {@code .} for the root
   * @param visitor takes each entry, whose path counts from the root; false ends the listing
   */
  void list(
      Repository repository,
      String revision,
      String path,
      boolean recursive,
      Predicate<TreeEntry> visitor,
      Traffic traffic)
      throws GitalyException, InterruptedException {
    var stub = stub(repository, CommitServiceGrpc::newBlockingV2Stub, GET_TREE_ENTRIES, traffic);
    GetTreeEntriesRequest request =
        GetTreeEntriesRequest.newBuilder()
            .setRepository(repository.message())
            .setRevision(ByteString.copyFromUtf8(revision))
            .setPath(ByteString.copyFromUtf8(path))
            .setRecursive(recursive)
            .build();
    try {
      BlockingClientCall<?, GetTreeEntriesResponse> call = stub.getTreeEntries(request);
      readWhile(call, answer -> answer.getEntriesList().stream().allMatch(visitor));
    } catch (StatusException e) {
      throw new GitalyException(listingCode(e), GET_TREE_ENTRIES, path, e);
    }
  }

  /**
   * Asks what differs between the trees of two commits, renames told as a deletion and an addition.
   *
   * @param limit the reading stops, and nothing is returned, when more paths differ
   */
  Optional<List<ChangedPaths>> changes(
      Repository repository, String oldCommit, String newCommit, int limit, Traffic traffic)
      throws GitalyException, InterruptedException {
    var stub = stub(repository, DiffServiceGrpc::newBlockingV2Stub, FIND_CHANGED_PATHS, traffic);
    var trees =
        FindChangedPathsRequest.Request.TreeRequest.newBuilder()
            .setLeftTreeRevision(oldCommit)
            .setRightTreeRevision(newCommit);
    FindChangedPathsRequest request =
        FindChangedPathsRequest.newBuilder()
            .setRepository(repository.message())
            .addRequests(FindChangedPathsRequest.Request.newBuilder().setTreeRequest(trees))
            .build();
    List<ChangedPaths> changes = new ArrayList<>();
    try {
      BlockingClientCall<?, FindChangedPathsResponse> call = stub.findChangedPaths(request);
      readWhile(
          call,
          answer -> {
            changes.addAll(answer.getPathsList());
            return changes.size() <= limit;
          });
    } catch (StatusException e) {
      throw new GitalyException(Code.RPC_ERROR, FIND_CHANGED_PATHS, "", e);
    }
    return changes.size() <= limit ? Optional.of(changes) : Optional.empty();
  }

  /** Takes answers; false is "no more, cancel the RPC". */
  private interface Taker<T, E extends Exception> {
    boolean take(T answer) throws E;
  }

  private static <T, E extends Exception> void readWhile(
      BlockingClientCall<?, T> call, Taker<T, E> taker)
      throws E, StatusException, InterruptedException {
    boolean ended = false;
    try {
      @Nullable T answer = call.read();
      while (answer != null && taker.take(answer)) {
        answer = call.read();
      }
      ended = answer == null;
    } catch (StatusException e) {
      ended = true;
      throw e;
    } finally {
      if (!ended) {
        call.cancel("seen enough", null);
      }
    }
  }

  private <S extends AbstractStub<S>> S stub(
      Repository repository, Function<Channel, S> stubs, String rpc, Traffic traffic)
      throws GitalyException, InterruptedException {
    GitalyServer server;
    Channel channel;
    try {
      server = servers.server(repository.server());
      channel = server.channel(repository.server().getFeaturesMap(), traffic);
    } catch (IllegalArgumentException e) {
      throw new GitalyException(Code.UNKNOWN, rpc, "", e);
    }
    turns.await(server.limit(), rpc);
    return stubs.apply(channel).withDeadlineAfter(DEADLINE.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static Code listingCode(StatusException failure) {
    Status.Code code = failure.getStatus().getCode();
    // Servers since late 2023 answer NOT_FOUND with the same detail for recursive listings
    // (gitlab-side.md 8.6).
    if ((code == Status.Code.INVALID_ARGUMENT || code == Status.Code.NOT_FOUND)
        && resolvesNoTree(failure)) {
      return Code.NOT_FOUND;
    }
    return code == Status.Code.INVALID_ARGUMENT ? Code.INVALID_ARGUMENT : Code.RPC_ERROR;
  }

  private static boolean resolvesNoTree(StatusException failure) {
    com.google.rpc.@Nullable Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      return false;
    }
    for (Any detail : status.getDetailsList()) {
      if (detail.is(GetTreeEntriesError.class)) {
        try {
          return detail.unpack(GetTreeEntriesError.class).hasResolveTree();
        } catch (InvalidProtocolBufferException e) {
          return false;
        }
      }
    }
    return false;
  }
}
