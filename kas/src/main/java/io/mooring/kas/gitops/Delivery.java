package io.mooring.kas.gitops;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.mooring.kas.config.GitopsSettings;
import io.mooring.kas.git.GitalyException;
import io.mooring.kas.git.Repositories;
import io.mooring.kas.git.Repository;
import io.mooring.kas.git.Traffic;
import io.mooring.kas.git.Tree;
import io.mooring.kas.git.TreeFile;
import io.mooring.kas.rpc.ResponseStream;
import io.mooring.wire.gitops.rpc.ObjectsToSynchronizeResponse;
import io.mooring.wire.gitops.rpc.PathCF;
import java.util.ArrayList;
import java.util.List;

/** Brings the files of one commit to an agent. Owned by one thread. */
final class Delivery {
  /** Bytes of a file in one message (modules.md 1.3). */
  static final int MAX_CHUNK = 128 * 1024;

  private final GitopsSettings settings;
  private final Repositories repositories;
  private final Repository repository;
  private final String branch;
  private final String commit;
  private final Traffic traffic;
  private long remaining;

  /**
   * A delivery that has not begun.
   *
   * @param branch the ref of which the commit is the tip
   */
  Delivery(
      GitopsSettings settings,
      Repositories repositories,
      Repository repository,
      String branch,
      String commit,
      Traffic traffic) {
    this.settings = settings;
    this.repositories = repositories;
    this.repository = repository;
    this.branch = branch;
    this.commit = commit;
    this.traffic = traffic;
    this.remaining = settings.maxTotalManifestFileSize();
  }

  /** Chooses the files. Nothing is sent, so a refusal leaves the agent with no half of anything. */
  Selection select(List<PathCF> paths)
      throws SelectionException, GitalyException, InterruptedException {
    Selection selection = new Selection(settings.maxNumberOfFiles());
    int limit = (int) Math.min(settings.maxNumberOfFiles(), Integer.MAX_VALUE - 1);
    for (Glob glob : globs(paths)) {
      Tree tree = repositories.tree(repository, branch, commit, glob.scope(), limit, traffic);
      selection.add(glob, tree);
    }
    for (PathCF path : paths) {
      if (path.hasFile()) {
        selection.add(TreeFile.named(path.getFile(), commit));
      }
    }
    return selection;
  }

  /** Reads and sends the files one after another. */
  void send(List<TreeFile> files, ResponseStream<ObjectsToSynchronizeResponse> stream)
      throws SelectionException, GitalyException, StatusException, InterruptedException {
    for (TreeFile file : files) {
      ByteString content = read(file);
      remaining -= content.size();
      int at = 0;
      do {
        int end = Math.min(content.size(), at + MAX_CHUNK);
        var object =
            ObjectsToSynchronizeResponse.Object.newBuilder()
                .setSource(file.path())
                .setData(content.substring(at, end));
        stream.send(ObjectsToSynchronizeResponse.newBuilder().setObject(object).build());
        at = end;
      } while (at < content.size());
    }
  }

  private ByteString read(TreeFile file)
      throws SelectionException, GitalyException, InterruptedException {
    long limit = Math.min(settings.maxManifestFileSize(), remaining);
    try {
      return repositories.content(repository, commit, file, limit, traffic);
    } catch (GitalyException e) {
      if (e.code() == GitalyException.Code.FILE_TOO_BIG && limit < settings.maxManifestFileSize()) {
        throw new SelectionException(
            e.getMessage()
                + ": all files together are too big (expected: at most agent.gitops.max_total_manifest_file_size of kas, "
                + settings.maxTotalManifestFileSize()
                + " bytes)");
      }
      throw e;
    }
  }

  private static List<Glob> globs(List<PathCF> paths) throws SelectionException {
    List<Glob> globs = new ArrayList<>();
    for (PathCF path : paths) {
      if (path.hasGlob()) {
        try {
          globs.add(Glob.parse(path.getGlob()));
        } catch (BadGlobException e) {
          throw new SelectionException(e);
        }
      }
    }
    return globs;
  }
}
