package io.mooring.kas.configuration;

import com.google.protobuf.ByteString;
import io.mooring.kas.git.GitalyException;
import io.mooring.kas.git.Repositories;
import io.mooring.kas.git.Repository;
import io.mooring.kas.git.Traffic;
import io.mooring.kas.git.TreeFile;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.protocol.yaml.InvalidDocumentException;
import io.mooring.protocol.yaml.Parsed;
import io.mooring.protocol.yaml.Problem;
import io.mooring.protocol.yaml.ProtoYaml;
import io.mooring.wire.agentcfg.ConfigurationFile;
import java.util.List;

/** Reads and judges agents' configuration files (config.md B1). Thread-safe; calls block. */
final class ConfigurationFiles {
  private final Repositories repositories;
  private final long maxSize;

  /**
   * Reads from these repositories.
   *
   * @param maxSize of a file in bytes
   */
  ConfigurationFiles(Repositories repositories, long maxSize) {
    this.repositories = repositories;
    this.maxSize = maxSize;
  }

  /** Where the file of an agent is, from the root of its configuration project. */
  static String path(AgentInfo agent) {
    return ".gitlab/agents/" + agent.name() + "/config.yaml";
  }

  /**
   * The file of an agent at a commit. A missing file is an empty one.
   *
   * @throws RejectedFileException when its author has to change it
   * @throws GitalyException when it cannot be read now
   */
  Parsed<ConfigurationFile> read(AgentInfo agent, String commit, Traffic traffic)
      throws RejectedFileException, GitalyException, InterruptedException {
    String path = path(agent);
    ByteString content;
    try {
      Repository repository = new Repository(agent.gitaly(), agent.repository());
      content =
          repositories.content(repository, commit, TreeFile.named(path, commit), maxSize, traffic);
    } catch (GitalyException e) {
      if (e.code() == GitalyException.Code.NOT_FOUND) {
        return new Parsed<>(ConfigurationFile.getDefaultInstance(), List.of());
      }
      if (e.causedByUser()) {
        throw rejected(path, e);
      }
      throw e;
    }
    try {
      int limit = (int) Math.min(maxSize, Integer.MAX_VALUE);
      return ProtoYaml.parse(
          path, content.toByteArray(), ConfigurationFile.getDefaultInstance(), limit);
    } catch (InvalidDocumentException e) {
      throw new RejectedFileException(String.valueOf(e.getMessage()), e.problems(), e);
    }
  }

  private RejectedFileException rejected(String path, GitalyException e) {
    String expected =
        switch (e.code()) {
          case FILE_TOO_BIG ->
              "at most "
                  + maxSize
                  + " bytes, agent.configuration.max_configuration_file_size of kas";
          case UNEXPECTED_TREE_ENTRY_TYPE -> "a file, not a directory or submodule";
          default -> "";
        };
    Problem problem = new Problem(path, 0, 0, "", String.valueOf(e.getMessage()), expected);
    String hint = expected.isEmpty() ? "" : " (expected: " + expected + ")";
    return new RejectedFileException(e.getMessage() + hint, List.of(problem), e);
  }
}
