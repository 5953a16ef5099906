package io.mooring.kas.configurationproject;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.git.GitalyException;
import io.mooring.kas.git.Repositories;
import io.mooring.kas.git.Repository;
import io.mooring.kas.git.Traffic;
import io.mooring.kas.git.TreeScope;
import io.mooring.kas.rpc.Calls;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.rpc.StatusText;
import io.mooring.wire.configurationproject.rpc.AgentConfigFile;
import io.mooring.wire.configurationproject.rpc.ConfigurationProjectGrpc;
import io.mooring.wire.configurationproject.rpc.ListAgentConfigFilesRequest;
import io.mooring.wire.configurationproject.rpc.ListAgentConfigFilesResponse;
import io.mooring.wire.gitaly.TreeEntry;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists the configuration files of a project's agents. Thread-safe. */
public final class ConfigurationProjects implements Feature {
  private static final Pattern CONFIGURATION =
      Pattern.compile("\\.gitlab/agents/([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)/config\\.yaml");
  private static final String BRANCHES = "refs/heads/";
  private static final TreeScope AGENTS = new TreeScope(".gitlab/agents", true);

  /** So many that the answer stays below gRPC's 4 MiB; no project has a hundredth of it. */
  private static final int MAX_FILES = 20_000;

  private final Repositories repositories;

  /** Reads from these repositories. */
  public ConfigurationProjects(Repositories repositories) {
    this.repositories = repositories;
  }

  @Override
  public List<ServerServiceDefinition> apiServices() {
    return List.of(new Service().bindService());
  }

  private ListAgentConfigFilesResponse list(ListAgentConfigFilesRequest request)
      throws StatusException, InterruptedException {
    Repository repository = new Repository(request.getGitalyInfo(), request.getRepository());
    ListAgentConfigFilesResponse.Builder files = ListAgentConfigFilesResponse.newBuilder();
    try {
      repositories.list(
          repository,
          revision(request.getDefaultBranch()),
          AGENTS,
          entry -> add(entry, files),
          new Traffic());
    } catch (GitalyException e) {
      Status status =
          switch (e.code()) {
            case NOT_FOUND -> Status.OK;
            case INVALID_ARGUMENT -> Status.INVALID_ARGUMENT;
            default -> Status.UNAVAILABLE;
          };
      if (!status.isOk()) {
        throw status
            .withDescription(StatusText.fitting("PathFetcher: " + e.getMessage()))
            .withCause(e)
            .asException();
      }
    }
    if (files.getConfigFilesCount() > MAX_FILES) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(
              "more than "
                  + MAX_FILES
                  + " agents have a configuration file (expected: at most "
                  + MAX_FILES
                  + ")")
          .asException();
    }
    return files.build();
  }

  private static boolean add(TreeEntry entry, ListAgentConfigFilesResponse.Builder files) {
    String path = entry.getPath().toStringUtf8();
    Matcher matcher = CONFIGURATION.matcher(path);
    if (entry.getType() == TreeEntry.EntryType.BLOB && matcher.matches()) {
      files.addConfigFiles(
          AgentConfigFile.newBuilder().setName(path).setAgentName(matcher.group(1)));
    }
    return files.getConfigFilesCount() <= MAX_FILES;
  }

  private static String revision(String defaultBranch) {
    if (defaultBranch.isEmpty()) {
      return "HEAD";
    }
    return defaultBranch.startsWith(BRANCHES) ? defaultBranch : BRANCHES + defaultBranch;
  }

  private final class Service extends ConfigurationProjectGrpc.ConfigurationProjectImplBase {
    @Override
    public void listAgentConfigFiles(
        ListAgentConfigFilesRequest request,
        StreamObserver<ListAgentConfigFilesResponse> response) {
      Calls.answer(response, () -> list(request));
    }
  }
}
