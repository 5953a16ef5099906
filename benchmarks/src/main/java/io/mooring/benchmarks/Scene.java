package io.mooring.benchmarks;

import io.mooring.allinone.Installation;
import io.mooring.benchmarks.fleet.Fleet;
import io.mooring.benchmarks.loopback.Loops;
import io.mooring.benchmarks.program.KasFiles;
import io.mooring.benchmarks.program.KasReplica;
import io.mooring.benchmarks.standin.AgentTokens;
import io.mooring.benchmarks.standin.ClusterStandIn;
import io.mooring.benchmarks.standin.GitLabStandIn;
import io.mooring.benchmarks.standin.GitalyStandIn;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * What stands around the measured programs, and the programs. All that it started ends when it is
 * closed, the last first. Owned by one thread.
 */
final class Scene implements AutoCloseable {
  /** Agents that connect each second; two cores take more than that. */
  static final int STARTS_PER_SECOND = 400;

  private final Path root = Path.of("").toAbsolutePath();
  private final Path directory;
  private final Loops loops = new Loops();
  private final GitalyStandIn gitaly;
  private final GitLabStandIn gitlab;
  private final ClusterStandIn cluster;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  private Scene(Path directory) throws IOException {
    this.directory = directory;
    gitaly = GitalyStandIn.start(loops);
    gitlab = GitLabStandIn.start(loops, gitaly.address());
    cluster = ClusterStandIn.start(loops);
  }

  static Scene open() throws IOException {
    return new Scene(Files.createTempDirectory("mooring-bench-"));
  }

  GitLabStandIn gitlab() {
    return gitlab;
  }

  ClusterStandIn cluster() {
    return cluster;
  }

  Path directory() {
    return directory;
  }

  Path root() {
    return root;
  }

  Loops loops() {
    return loops;
  }

  /** Has this closed when the scene is. */
  <T extends AutoCloseable> T keep(T part) {
    started.push(part);
    return part;
  }

  /** Starts a kas. */
  KasReplica kas(String name, Optional<String> redis) throws IOException, InterruptedException {
    return keep(KasReplica.start(root, KasFiles.of(directory, name, gitlab.url(), redis)));
  }

  /** Starts agents with these numbers. */
  Fleet fleet(InetSocketAddress kas, int first, int count) {
    FileDescriptors.require(count);
    return keep(
        Fleet.start(
            new Fleet.Plan(
                kas,
                LongStream.range(first, first + count).mapToObj(AgentTokens::of).toList(),
                STARTS_PER_SECOND),
            loops,
            InstantSource.system(),
            new Random()));
  }

  @Override
  public void close() throws IOException {
    try {
      while (!started.isEmpty()) {
        end(started.pop());
      }
    } finally {
      cluster.close();
      gitlab.close();
      gitaly.close();
      loops.close();
      Installation.delete(directory);
    }
  }

  private static void end(AutoCloseable part) throws IOException {
    try {
      part.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot end " + part, e);
    }
  }
}
