package io.mooring.kas.git;

import io.mooring.gitaly.GitalyServer;
import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.testkit.git.GitCommand;
import io.mooring.wire.entity.GitalyInfo;
import io.mooring.wire.entity.GitalyRepository;
import java.nio.file.Path;
import java.util.Map;

/** Our Git server with one repository, and a working tree to push from. */
public final class RealGitaly implements AutoCloseable {
  private static final String PATH = "group/project.git";

  private final GitalyServer server;
  private final GitCommand git;
  private final Path bare;

  /** Starts it with an empty repository below the folder. */
  public RealGitaly(Path folder) {
    Path storage = folder.resolve("storage");
    bare = GitCommand.initBare(storage.resolve(PATH)).directory();
    git = GitCommand.init(folder.resolve("work"));
    server = GitalyServer.start(GitalyConfiguration.of(storage));
  }

  /** How kas is told to reach it. */
  public GitalyInfo info() {
    return GitalyInfo.newBuilder().setAddress(server.address()).build();
  }

  /** The repository. */
  public GitalyRepository entity() {
    return GitalyRepository.newBuilder()
        .setStorageName("default")
        .setRelativePath(PATH)
        .setGlRepository("project-1")
        .setGlProjectPath("group/project")
        .build();
  }

  /** The working tree. */
  public GitCommand git() {
    return git;
  }

  /** Pushes a commit whose tree has exactly these files to main, by force if needed. */
  public String push(Map<String, String> files) {
    git.run("rm", "-r", "-q", "-f", "--ignore-unmatch", ".");
    files.forEach(git::write);
    return push();
  }

  /** Commits what is in the working tree and pushes it to main. */
  public String push() {
    String commit = git.commit("Change");
    push("HEAD:refs/heads/main");
    return commit;
  }

  /** Pushes by force. */
  public void push(String refspec) {
    git.run("push", "--quiet", "--force", bare.toString(), refspec);
  }

  @Override
  public void close() {
    server.close();
  }
}
