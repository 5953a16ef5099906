package io.mooring.kas.git;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;
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
import io.mooring.wire.gitaly.ResolveRevisionError;
import io.mooring.wire.gitaly.SmartHTTPServiceGrpc;
import io.mooring.wire.gitaly.TreeEntry;
import io.mooring.wire.gitaly.TreeEntryRequest;
import io.mooring.wire.gitaly.TreeEntryResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * One repository behind Gitaly's protocol, on loopback, that fails as told. {@link GitalyContract}
 * holds it to what the real server does.
 */
public final class ScriptedGitaly implements AutoCloseable {
  /** What one call does instead of answering well. */
  public sealed interface Fault {
    /** Nothing but this status. */
    record Fail(Status status) implements Fault {}

    /** The answer up to this message, then a lost connection. */
    record CutAfter(int messages) implements Fault {}

    /** A file that says it is one byte longer than what comes. */
    record WrongSize() implements Fault {}

    /** Waits for the latch, then answers well. */
    record Hold(CountDownLatch until) implements Fault {}
  }

  private static final Context.Key<Metadata> HEADERS = Context.key("headers");
  private static final int CHUNK = 32 * 1024;
  private static final int ENTRIES = 100;

  private final Map<String, SortedMap<String, ByteString>> commits = new ConcurrentHashMap<>();
  private final Map<String, String> refs = new LinkedHashMap<>();
  private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<Metadata> headers = new CopyOnWriteArrayList<>();
  private final Server server;
  private volatile boolean blobIds;
  private int counter;

  /** Starts with an empty repository. */
  public ScriptedGitaly() throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(new HeaderLog());
    for (BindableService service : List.of(new SmartHttp(), new Commits(), new Diffs())) {
      builder.addService(service);
    }
    server = builder.build().start();
  }

  /** How kas is told to reach it. */
  public GitalyInfo info() {
    return GitalyInfo.newBuilder().setAddress("tcp://127.0.0.1:" + server.getPort()).build();
  }

  /** The repository it serves, whatever is asked for. */
  public static GitalyRepository entity(String projectPath) {
    return GitalyRepository.newBuilder()
        .setStorageName("default")
        .setRelativePath("@hashed/ab/" + projectPath + ".git")
        .setGlRepository("project-1")
        .setGlProjectPath(projectPath)
        .build();
  }

  /** Makes a commit whose tree has exactly these files. */
  public String commit(Map<String, String> files) {
    SortedMap<String, ByteString> tree = new TreeMap<>();
    files.forEach((path, text) -> tree.put(path, ByteString.copyFromUtf8(text)));
    return commitBytes(tree);
  }

  /** Makes a commit whose tree has exactly these files. */
  public String commitBytes(Map<String, ByteString> files) {
    String id = String.format("%040x", 0xc0ffee0000L + ++counter);
    commits.put(id, new TreeMap<>(files));
    return id;
  }

  /** Points a ref at a commit; a branch called main is HEAD, too. */
  public synchronized void point(String ref, String commit) {
    refs.put(ref, commit);
  }

  /** Deletes a ref. */
  public synchronized void delete(String ref) {
    refs.remove(ref);
  }

  /** The next call of the RPC fails so; several queue up. */
  public void next(String rpc, Fault... queued) {
    faults.computeIfAbsent(rpc, key -> new ConcurrentLinkedQueue<>()).addAll(List.of(queued));
  }

  /** Tells blob ids with changed paths, as newer servers do. */
  public void tellBlobIds() {
    blobIds = true;
  }

  /** What was asked so far, and forgets it. */
  public List<String> takeCalls() {
    List<String> taken = List.copyOf(calls);
    calls.removeAll(taken);
    return taken;
  }

  /** Metadata of all calls. */
  public List<Metadata> headers() {
    return headers;
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T> void answer(String rpc, List<T> messages, StreamObserver<T> responses) {
    Queue<Fault> queue = faults.get(rpc);
    Fault fault = queue == null ? null : queue.poll();
    switch (fault) {
      case null -> all(messages, responses);
      case Fault.Fail(Status status) -> responses.onError(status.asException());
      case Fault.CutAfter(int count) -> {
        messages.stream().limit(count).forEach(responses::onNext);
        responses.onError(Status.UNAVAILABLE.withDescription("the connection broke").asException());
      }
      case Fault.WrongSize() ->
          all(messages.stream().map(ScriptedGitaly::longer).toList(), responses);
      case Fault.Hold(CountDownLatch until) -> {
        try {
          if (!until.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody released the call");
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        all(messages, responses);
      }
    }
  }

  private static <T> void all(List<T> messages, StreamObserver<T> responses) {
    messages.forEach(responses::onNext);
    responses.onCompleted();
  }

  @SuppressWarnings("unchecked") // a message of the type stays one
  private static <T> T longer(T message) {
    return message instanceof TreeEntryResponse entry && entry.getSize() > 0
        ? (T) entry.toBuilder().setSize(entry.getSize() + 1).build()
        : message;
  }

  private Optional<SortedMap<String, ByteString>> tree(String revision) {
    String name = revision.equals("HEAD") ? "refs/heads/main" : revision;
    synchronized (this) {
      return Optional.ofNullable(commits.get(refs.getOrDefault(name, name)));
    }
  }

  private static String oid(ByteString content) {
    return String.format("%040x", content.hashCode() & 0xffffffffL);
  }

  private final class HeaderLog implements ServerInterceptor {
    @Override
    public <Q, S> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, S> call, Metadata metadata, ServerCallHandler<Q, S> next) {
      headers.add(metadata);
      return Contexts.interceptCall(
          Context.current().withValue(HEADERS, metadata), call, metadata, next);
    }
  }

  private final class SmartHttp extends SmartHTTPServiceGrpc.SmartHTTPServiceImplBase {
    @Override
    public void infoRefsUploadPack(
        InfoRefsRequest request, StreamObserver<InfoRefsResponse> responses) {
      calls.add("InfoRefsUploadPack");
      List<String> lines = new ArrayList<>();
      synchronized (ScriptedGitaly.this) {
        String main = refs.get("refs/heads/main");
        if (main != null) {
          lines.add(main + " HEAD");
        }
        refs.forEach((ref, id) -> lines.add(id + " " + ref));
      }
      ByteString data =
          ByteString.copyFromUtf8(RefAdvertisementTest.refs(lines.toArray(String[]::new)));
      List<InfoRefsResponse> messages = new ArrayList<>();
      for (int at = 0; at < data.size(); at += CHUNK) {
        messages.add(
            InfoRefsResponse.newBuilder()
                .setData(data.substring(at, Math.min(data.size(), at + CHUNK)))
                .build());
      }
      answer("InfoRefsUploadPack", messages, responses);
    }
  }

  private final class Commits extends CommitServiceGrpc.CommitServiceImplBase {
    @Override
    public void treeEntry(TreeEntryRequest request, StreamObserver<TreeEntryResponse> responses) {
      String path = request.getPath().toStringUtf8();
      calls.add("TreeEntry " + path + " max " + request.getMaxSize());
      SortedMap<String, ByteString> tree =
          tree(request.getRevision().toStringUtf8()).orElseGet(TreeMap::new);
      ByteString content = tree.get(path);
      if (content == null
          && tree.keySet().stream().noneMatch(file -> file.startsWith(path + "/"))) {
        responses.onError(Status.NOT_FOUND.withDescription("tree entry not found").asException());
      } else if (content == null) {
        TreeEntryResponse directory =
            TreeEntryResponse.newBuilder()
                .setType(TreeEntryResponse.ObjectType.TREE)
                .setMode(040000)
                .build();
        answer("TreeEntry", List.of(directory), responses);
      } else if (request.getMaxSize() > 0 && content.size() > request.getMaxSize()) {
        responses.onError(
            Status.FAILED_PRECONDITION
                .withDescription(
                    "object size ("
                        + content.size()
                        + ") is bigger than the maximum allowed size ("
                        + request.getMaxSize()
                        + ")")
                .asException());
      } else {
        answer("TreeEntry", chunks(content), responses);
      }
    }

    private List<TreeEntryResponse> chunks(ByteString content) {
      List<TreeEntryResponse> messages = new ArrayList<>();
      int at = 0;
      do {
        int end = Math.min(content.size(), at + CHUNK);
        TreeEntryResponse.Builder message =
            TreeEntryResponse.newBuilder().setData(content.substring(at, end));
        if (at == 0) {
          message
              .setType(TreeEntryResponse.ObjectType.BLOB)
              .setOid(oid(content))
              .setSize(content.size())
              .setMode(0100644);
        }
        messages.add(message.build());
        at = end;
      } while (at < content.size());
      return messages;
    }

    @Override
    public void getTreeEntries(
        GetTreeEntriesRequest request, StreamObserver<GetTreeEntriesResponse> responses) {
      String path = request.getPath().toStringUtf8();
      String revision = request.getRevision().toStringUtf8();
      calls.add("GetTreeEntries " + path + (request.getRecursive() ? " recursive" : ""));
      String prefix = path.equals(".") ? "" : path + "/";
      List<TreeEntry> entries = new ArrayList<>();
      Optional<SortedMap<String, ByteString>> tree = tree(revision);
      tree.orElseGet(TreeMap::new)
          .forEach((file, content) -> addEntries(request, prefix, file, content, entries));
      if (tree.isEmpty() || (entries.isEmpty() && !path.equals("."))) {
        responses.onError(noTree(request.getRevision()));
        return;
      }
      List<GetTreeEntriesResponse> messages = new ArrayList<>();
      for (int at = 0; at < entries.size(); at += ENTRIES) {
        messages.add(
            GetTreeEntriesResponse.newBuilder()
                .addAllEntries(entries.subList(at, Math.min(entries.size(), at + ENTRIES)))
                .build());
      }
      answer("GetTreeEntries", messages, responses);
    }

    private void addEntries(
        GetTreeEntriesRequest request,
        String prefix,
        String file,
        ByteString content,
        List<TreeEntry> entries) {
      if (!file.startsWith(prefix)) {
        return;
      }
      int slash = file.indexOf('/', prefix.length());
      while (slash >= 0) {
        TreeEntry directory =
            entry(request, file.substring(0, slash), TreeEntry.EntryType.TREE, "d".repeat(40));
        if (!entries.contains(directory)) {
          entries.add(directory);
        }
        if (!request.getRecursive()) {
          return;
        }
        slash = file.indexOf('/', slash + 1);
      }
      entries.add(entry(request, file, TreeEntry.EntryType.BLOB, oid(content)));
    }

    private TreeEntry entry(
        GetTreeEntriesRequest request, String path, TreeEntry.EntryType type, String oid) {
      return TreeEntry.newBuilder()
          .setOid(oid)
          .setPath(ByteString.copyFromUtf8(path))
          .setType(type)
          .setMode(type == TreeEntry.EntryType.BLOB ? 0100644 : 040000)
          .setCommitOid(request.getRevision().toStringUtf8())
          .build();
    }

    private Throwable noTree(ByteString revision) {
      GetTreeEntriesError error =
          GetTreeEntriesError.newBuilder()
              .setResolveTree(ResolveRevisionError.newBuilder().setRevision(revision))
              .build();
      return StatusProto.toStatusException(
          com.google.rpc.Status.newBuilder()
              .setCode(Status.Code.INVALID_ARGUMENT.value())
              .setMessage("invalid revision or path")
              .addDetails(Any.pack(error))
              .build());
    }
  }

  private final class Diffs extends DiffServiceGrpc.DiffServiceImplBase {
    @Override
    public void findChangedPaths(
        FindChangedPathsRequest request, StreamObserver<FindChangedPathsResponse> responses) {
      var trees = request.getRequests(0).getTreeRequest();
      calls.add("FindChangedPaths");
      Map<String, ByteString> before = tree(trees.getLeftTreeRevision()).orElse(null);
      Map<String, ByteString> after = tree(trees.getRightTreeRevision()).orElse(null);
      if (before == null || after == null) {
        responses.onError(Status.NOT_FOUND.withDescription("revision not found").asException());
        return;
      }
      FindChangedPathsResponse.Builder answer = FindChangedPathsResponse.newBuilder();
      after.forEach((path, content) -> {
        ByteString old = before.get(path);
        if (!content.equals(old)) {
          answer.addPaths(
              ChangedPaths.newBuilder()
                  .setPath(ByteString.copyFromUtf8(path))
                  .setStatus(old == null ? ChangedPaths.Status.ADDED : ChangedPaths.Status.MODIFIED)
                  .setOldMode(old == null ? 0 : 0100644)
                  .setNewMode(0100644)
                  .setNewBlobId(blobIds ? oid(content) : ""));
        }
      });
      before.keySet().stream()
          .filter(path -> !after.containsKey(path))
          .forEach(path ->
              answer.addPaths(
                  ChangedPaths.newBuilder()
                      .setPath(ByteString.copyFromUtf8(path))
                      .setStatus(ChangedPaths.Status.DELETED)
                      .setOldMode(0100644)));
      answer(
          "FindChangedPaths",
          answer.getPathsCount() == 0 ? List.of() : List.of(answer.build()),
          responses);
    }
  }
}
