package io.mooring.gitaly;

import io.grpc.BindableService;
import io.mooring.gitaly.blob.BlobCalls;
import io.mooring.gitaly.call.Calls;
import io.mooring.gitaly.commit.CommitCalls;
import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.gitaly.diff.DiffCalls;
import io.mooring.gitaly.edit.OperationCalls;
import io.mooring.gitaly.hooks.GitLabHooks;
import io.mooring.gitaly.hooks.PushHooks;
import io.mooring.gitaly.host.HostCalls;
import io.mooring.gitaly.reference.ReferenceCalls;
import io.mooring.gitaly.repository.Housekeeping;
import io.mooring.gitaly.repository.RepositoryCalls;
import io.mooring.gitaly.repository.RepositoryFolders;
import io.mooring.gitaly.smarthttp.SmartHttpCalls;
import io.mooring.gitaly.smarthttp.Transfers;
import io.mooring.gitaly.startup.StartChecks;
import io.mooring.gitaly.storage.GitEnvironment;
import io.mooring.gitaly.storage.Repositories;
import io.mooring.gitaly.storage.Storage;
import io.mooring.gitaly.storage.Storages;
import io.mooring.protocol.SettingException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The graph of objects behind the listeners: repositories, hooks, background work and the services
 * that use them.
 */
record Services(
    Repositories repositories,
    Transfers transfers,
    PushHooks hooks,
    Housekeeping housekeeping,
    List<BindableService> all)
    implements AutoCloseable {
  Services {
    all = List.copyOf(all);
  }

  static Services start(
      GitalyConfiguration configuration,
      Executor workers,
      InstantSource clock,
      RandomGenerator random) {
    List<Storage> folders = StartChecks.storages(configuration);
    try {
      GitEnvironment.install(
          folders.stream().map(Storage::root).toList(), Runtime.getRuntime().maxMemory());
    } catch (IOException e) {
      throw new SettingException("storages", "a file cannot be made in one of them: " + e, e);
    }
    var repositories = new Repositories(new Storages(folders));
    var repositoryFolders = new RepositoryFolders(repositories);
    try {
      repositoryFolders.removeLeftovers();
    } catch (IOException e) {
      throw new SettingException(
          "storages", "the server's own folder in one of them cannot be used: " + e, e);
    }
    PushHooks hooks = hooks(configuration, folders, clock, random);
    var housekeeping = new Housekeeping(repositories, clock);
    housekeeping.start();
    var transfers = new Transfers(configuration.limits().transfers());
    var calls = new Calls(workers);
    long maxObject = configuration.limits().maxObjectBytes();
    return new Services(
        repositories,
        transfers,
        hooks,
        housekeeping,
        List.of(
            new CommitCalls(calls, repositories),
            new ReferenceCalls(calls, repositories),
            new BlobCalls(calls, repositories),
            new DiffCalls(calls, repositories),
            new RepositoryCalls(calls, repositories, repositoryFolders),
            new SmartHttpCalls(calls, repositories, housekeeping, transfers, hooks, maxObject),
            new OperationCalls(calls, repositories, housekeeping, hooks, clock),
            new HostCalls(calls, repositories.storages())));
  }

  private static PushHooks hooks(
      GitalyConfiguration configuration,
      List<Storage> folders,
      InstantSource clock,
      RandomGenerator random) {
    if (configuration.gitlab().isEmpty()) {
      return PushHooks.off();
    }
    GitalyConfiguration.GitLab gitlab = configuration.gitlab().get();
    Path state = configuration.stateDirectory().orElse(folders.getFirst().ownFolder());
    try {
      return new GitLabHooks(
          gitlab.url(),
          StartChecks.secret("gitlab.secret_file", gitlab.secretFile()),
          state.resolve("notices"),
          clock,
          random);
    } catch (IOException e) {
      throw new SettingException("state_directory", state + " cannot be used: " + e, e);
    }
  }

  double pendingNotices() {
    return hooks instanceof GitLabHooks gitlab ? gitlab.pending() : 0;
  }

  /** Ends the background work; to be called when no call runs any more. */
  @Override
  public void close() {
    hooks.close();
    housekeeping.close();
    repositories.close();
  }
}
