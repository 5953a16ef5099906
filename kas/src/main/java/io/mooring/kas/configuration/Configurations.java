package io.mooring.kas.configuration;

import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.mooring.kas.config.AgentConfigurationSettings;
import io.mooring.kas.configuration.ConfigurationStream.Parts;
import io.mooring.kas.git.Repositories;
import io.mooring.kas.gitlab.ConfigurationSink;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.notifications.GitPushEvents;
import io.mooring.kas.rpc.Feature;
import io.mooring.kas.rpc.Rounds;
import io.mooring.kas.tracker.AgentTracker;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationGrpc;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Sends agents their configuration, whenever its repository has a new commit (config.md B2). A file
 * that cannot be used ends the RPC with {@code FAILED_PRECONDITION} and its problems; the agent
 * keeps the one it has. Thread-safe.
 */
public final class Configurations implements Feature {
  private final Parts parts;
  private final Duration interval;
  private final BackoffPolicy backoff;

  /**
   * Wires the feature.
   *
   * @param externalUrl of GitLab, for the agents; may be empty
   * @param backoff pauses after a failure of GitLab or Gitaly
   */
  public Configurations(
      AgentConfigurationSettings settings,
      String externalUrl,
      AgentLookup agents,
      Repositories repositories,
      GitPushEvents pushes,
      AgentTracker tracker,
      ConfigurationSink sink,
      BackoffPolicy backoff,
      InstantSource clock,
      RandomGenerator random) {
    ConfigurationFiles files =
        new ConfigurationFiles(repositories, settings.maxConfigurationFileSize());
    this.parts =
        new Parts(
            externalUrl,
            agents,
            repositories,
            files,
            pushes,
            tracker,
            new Rejections(sink),
            clock,
            random);
    this.interval = settings.pollPeriod();
    this.backoff = backoff;
  }

  @Override
  public List<ServerServiceDefinition> agentServices() {
    return List.of(new Service().bindService());
  }

  private final class Service extends AgentConfigurationGrpc.AgentConfigurationImplBase {
    @Override
    public void getConfiguration(
        ConfigurationRequest request, StreamObserver<ConfigurationResponse> responses) {
      Rounds.serve(
          responses,
          new Rounds.Pace(interval, new Backoff(backoff, parts.clock(), parts.random())),
          (stream, notice) -> new ConfigurationStream(parts, request, stream, notice));
    }
  }
}
