package io.mooring.kas.git;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.ByteString;
import io.mooring.kas.git.GitalyException.Code;
import io.mooring.kas.git.Repository.Place;
import io.mooring.wire.gitaly.ChangedPaths;
import io.mooring.wire.gitaly.TreeEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The repositories that kas reads. What was read is kept, and a new commit is read by what it
 * changed: its listing is the one before with the changes Gitaly tells of, and only contents not
 * seen yet are fetched.
 *
 * <p>Thread-safe; calls block. Callers who ask the same share one call to Gitaly.
 */
public final class Repositories {
  private static final Logger log = LoggerFactory.getLogger(Repositories.class);

  /** Branches whose last commit is remembered; each costs some hundred bytes. */
  private static final int MAX_BRANCHES = 20_000;

  /**
   * A list of changes is worth reading up to the length of a listing, and always up to this length.
   */
  private static final int MIN_CHANGES = 100;

  /** Changed paths in lists kept for the other directories of the same push: some megabytes. */
  private static final int MAX_KEPT_CHANGES = 20_000;

  private static final Duration KEEP_CHANGES = Duration.ofMinutes(1);

  private record RefKey(Place place, String ref) {}

  private record TreeKey(Place place, String commit, TreeScope scope, int limit) {}

  private record BranchKey(Place place, String ref, TreeScope scope, int limit) {}

  private record ChangeKey(Place place, String oldCommit, String newCommit) {}

  private record ContentKey(Place place, String identity) {}

  private record ReadKey(ContentKey content, long maxSize) {}

  private final GitalyClient client;
  private final SharedWork<RefKey, RefTip> refReads;
  private final SharedWork<TreeKey, Tree> treeReads;
  private final SharedWork<ReadKey, ByteString> contentReads;
  private final Cache<TreeKey, Tree> trees;
  private final Cache<ContentKey, ByteString> contents;
  private final Cache<ChangeKey, List<ChangedPaths>> changes =
      Caffeine.newBuilder()
          .maximumWeight(MAX_KEPT_CHANGES)
          .expireAfterWrite(KEEP_CHANGES)
          .<ChangeKey, List<ChangedPaths>>weigher((key, paths) -> 1 + paths.size())
          .build();
  private final Cache<BranchKey, String> lastCommits =
      Caffeine.newBuilder().maximumSize(MAX_BRANCHES).build();

  /** Nothing read yet. */
  public Repositories(GitalyServers servers, CacheSizes sizes) {
    client = new GitalyClient(servers);
    refReads = new SharedWork<>(servers.scope());
    treeReads = new SharedWork<>(servers.scope());
    contentReads = new SharedWork<>(servers.scope());
    trees =
        Caffeine.newBuilder()
            .maximumWeight(sizes.trees())
            .<TreeKey, Tree>weigher((key, tree) -> tree.weight())
            .build();
    contents =
        Caffeine.newBuilder()
            .maximumWeight(sizes.contents())
            .<ContentKey, ByteString>weigher(
                (key, content) -> 256 + key.identity().length() + content.size())
            .build();
  }

  /**
   * Looks where a ref points to now.
   *
   * @param ref {@code HEAD}, or a full name such as {@code refs/heads/main}
   */
  public RefTip tip(Repository repository, String ref, Traffic traffic)
      throws GitalyException, InterruptedException {
    return refReads.joinNext(
        new RefKey(repository.place(), ref), () -> client.tip(repository, ref, traffic));
  }

  /**
   * The files of a part of a commit's tree.
   *
   * @param branch of which the commit is a state: its last listing is what the new one is made from
   * @param limit the reading ends when there are more files, and the tree is not complete
   */
  public Tree tree(
      Repository repository,
      String branch,
      String commit,
      TreeScope scope,
      int limit,
      Traffic traffic)
      throws GitalyException, InterruptedException {
    TreeKey key = new TreeKey(repository.place(), commit, scope, limit);
    BranchKey line = new BranchKey(repository.place(), branch, scope, limit);
    Tree tree = trees.getIfPresent(key);
    if (tree == null) {
      tree =
          treeReads.join(
              key, () -> readTree(repository, key, lastCommits.getIfPresent(line), traffic));
    }
    lastCommits.put(line, commit);
    return tree;
  }

  /**
   * The content of a file.
   *
   * @param maxSize in bytes; a larger file is {@link Code#FILE_TOO_BIG}
   */
  public ByteString content(
      Repository repository, String commit, TreeFile file, long maxSize, Traffic traffic)
      throws GitalyException, InterruptedException {
    ContentKey key = new ContentKey(repository.place(), file.identity());
    ByteString content = contents.getIfPresent(key);
    if (content == null) {
      content =
          contentReads.join(
              new ReadKey(key, maxSize),
              () -> {
                ByteString read =
                    client.blob(repository, commit, file.path(), maxSize, traffic).content();
                contents.put(key, read);
                return read;
              });
    }
    if (content.size() > maxSize) {
      throw new GitalyException(
          Code.FILE_TOO_BIG,
          "TreeEntry",
          file.path(),
          BlobReader.tooBig(content.size(), maxSize),
          null);
    }
    return content;
  }

  /**
   * Lists a part of a tree, nothing kept.
   *
   * @param revision commit id, full ref name or {@code HEAD}
   * @param visitor takes each entry; false ends the listing
   */
  public void list(
      Repository repository,
      String revision,
      TreeScope scope,
      Predicate<TreeEntry> visitor,
      Traffic traffic)
      throws GitalyException, InterruptedException {
    client.list(repository, revision, scope.path(), scope.recursive(), visitor, traffic);
  }

  private Tree readTree(
      Repository repository, TreeKey key, @Nullable String lastCommit, Traffic traffic)
      throws GitalyException, InterruptedException {
    Tree tree = null;
    if (lastCommit != null) {
      TreeKey last = new TreeKey(key.place(), lastCommit, key.scope(), key.limit());
      tree = changedTree(repository, key, last, traffic).orElse(null);
    }
    if (tree == null) {
      tree = listedTree(repository, key, traffic);
    }
    if (tree.complete()) {
      trees.put(key, tree);
    }
    return tree;
  }

  private Optional<Tree> changedTree(
      Repository repository, TreeKey key, TreeKey last, Traffic traffic)
      throws InterruptedException {
    Tree base = trees.getIfPresent(last);
    if (base == null || !base.canChange()) {
      return Optional.empty();
    }
    int limit = Math.max(MIN_CHANGES, base.files().size());
    Optional<List<ChangedPaths>> found;
    try {
      found = changes(repository, last.commit(), key.commit(), limit, traffic);
    } catch (GitalyException e) {
      // An old server without the RPC, or the old commit is gone: the listing tells all, or fails
      // for good.
      log.atDebug()
          .setCause(e)
          .addKeyValue("project_id", repository.entity().getGlProjectPath())
          .addKeyValue("commit_id", key.commit())
          .log("Changes are unknown, listing the tree");
      return Optional.empty();
    }
    Optional<Tree> tree =
        found
            .filter(paths -> paths.stream().allMatch(change -> change.getPath().isValidUtf8()))
            .map(paths -> base.changed(key.commit(), paths, key.limit()))
            // Git has no empty directories: the listing says whether this one is gone.
            .filter(changed -> !changed.files().isEmpty());
    // Superseded; left in the cache it would compete with the new one and, being asked for more
    // often, win.
    tree.ifPresent(made -> trees.invalidate(last));
    return tree;
  }

  private Optional<List<ChangedPaths>> changes(
      Repository repository, String oldCommit, String newCommit, int limit, Traffic traffic)
      throws GitalyException, InterruptedException {
    ChangeKey key = new ChangeKey(repository.place(), oldCommit, newCommit);
    List<ChangedPaths> known = changes.getIfPresent(key);
    if (known != null) {
      return Optional.of(known).filter(paths -> paths.size() <= limit);
    }
    Optional<List<ChangedPaths>> read =
        client.changes(repository, oldCommit, newCommit, limit, traffic);
    read.ifPresent(paths -> changes.put(key, paths));
    return read;
  }

  private Tree listedTree(Repository repository, TreeKey key, Traffic traffic)
      throws GitalyException, InterruptedException {
    List<TreeFile> files = new ArrayList<>();
    client.list(
        repository,
        key.commit(),
        key.scope().path(),
        key.scope().recursive(),
        entry -> {
          if (entry.getType() == TreeEntry.EntryType.BLOB) {
            files.add(TreeFile.of(entry.getPath(), entry.getOid(), key.commit()));
          }
          return files.size() <= key.limit();
        },
        traffic);
    return new Tree(key.scope(), files, files.size() <= key.limit());
  }
}
