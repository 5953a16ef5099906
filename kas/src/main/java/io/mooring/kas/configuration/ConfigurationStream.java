package io.mooring.kas.configuration;

import com.google.protobuf.util.Timestamps;
import io.grpc.Status;
import io.grpc.StatusException;
import io.mooring.kas.git.GitalyException;
import io.mooring.kas.git.RefTip;
import io.mooring.kas.git.Repositories;
import io.mooring.kas.git.Repository;
import io.mooring.kas.git.Traffic;
import io.mooring.kas.identity.AgentInfo;
import io.mooring.kas.identity.AgentLookup;
import io.mooring.kas.identity.AgentToken;
import io.mooring.kas.notifications.GitPushEvents;
import io.mooring.kas.rpc.ResponseStream;
import io.mooring.kas.rpc.Rounds;
import io.mooring.kas.rpc.StatusText;
import io.mooring.kas.tracker.AgentTracker;
import io.mooring.protocol.yaml.Parsed;
import io.mooring.protocol.yaml.Problem;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentcfg.ConfigurationFile;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationResponse;
import io.mooring.wire.agenttracker.ConnectedAgentInfo;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One {@code GetConfiguration}: sends the configuration of every new commit. Owned by the thread of
 * the RPC.
 */
final class ConfigurationStream implements Rounds.Look {
  private static final Logger log = LoggerFactory.getLogger(ConfigurationStream.class);

  /**
   * Longer than the retries of a call to GitLab: a round ends when GitLab was told, but never hangs
   * on it.
   */
  private static final Duration TELLING = Duration.ofMinutes(2);

  /**
   * What every stream needs.
   *
   * @param externalUrl of GitLab, for the agent; may be empty
   * @param agents tells who asks
   * @param repositories tell what is new
   * @param files read the configuration
   * @param pushes tell when to look
   * @param tracker lists agents that do not register themselves
   * @param rejections tell GitLab
   */
  record Parts(
      String externalUrl,
      AgentLookup agents,
      Repositories repositories,
      ConfigurationFiles files,
      GitPushEvents pushes,
      AgentTracker tracker,
      Rejections rejections,
      InstantSource clock,
      RandomGenerator random) {}

  private final Parts parts;
  private final ConfigurationRequest request;
  private final ResponseStream<ConfigurationResponse> stream;
  private final Runnable notice;
  private final AgentEra era;
  private final AgentToken token = AgentToken.current();
  private AgentTracker.@Nullable Registration registration;
  private GitPushEvents.@Nullable Subscription subscription;
  private String subscribedTo = "";
  private String lastCommit;

  ConfigurationStream(
      Parts parts,
      ConfigurationRequest request,
      ResponseStream<ConfigurationResponse> stream,
      Runnable notice) {
    this.parts = parts;
    this.request = request;
    this.stream = stream;
    this.notice = notice;
    this.era = AgentEra.of(request);
    this.lastCommit = request.getCommitId();
  }

  @Override
  public Rounds.Outcome run() throws StatusException, InterruptedException {
    AgentInfo agent;
    try {
      agent = parts.agents().agent(token);
    } catch (StatusException e) {
      return Rounds.retryIfUnavailable(e);
    }
    register(agent);
    subscribe(agent.projectPath());
    Traffic traffic = new Traffic();
    try {
      return look(agent, traffic);
    } catch (GitalyException e) {
      report(
          Level.WARN,
          agent,
          lastCommit,
          "Configuration cannot be read",
          String.valueOf(e.getMessage()));
      return Rounds.Outcome.RETRY;
    }
  }

  private Rounds.Outcome look(AgentInfo agent, Traffic traffic)
      throws GitalyException, StatusException, InterruptedException {
    String ref = "refs/heads/" + agent.defaultBranch();
    Repository repository = new Repository(agent.gitaly(), agent.repository());
    switch (parts.repositories().tip(repository, ref, traffic)) {
      case RefTip.EmptyRepository() -> {}
      case RefTip.Missing() ->
          throw Status.NOT_FOUND
              .withDescription(
                  StatusText.fitting(
                      "Config: repository poll failed: " + RefTip.missing(ref).getMessage()))
              .asException();
      case RefTip.Found(String commit) -> {
        if (!commit.equals(lastCommit)) {
          deliver(agent, commit, traffic);
        } else if (parts.rejections().isLast(agent.agentId())) {
          // The branch went back to what the agent has: GitLab still shows the rejected file.
          parts.rejections().applied(agent.agentId(), read(agent, commit, traffic));
        }
      }
    }
    return Rounds.Outcome.WAIT;
  }

  private void deliver(AgentInfo agent, String commit, Traffic traffic)
      throws GitalyException, StatusException, InterruptedException {
    ConfigurationFile file = read(agent, commit, traffic);
    Thread telling = parts.rejections().applied(agent.agentId(), file);
    stream.send(
        ConfigurationResponse.newBuilder()
            .setConfiguration(configuration(agent, file))
            .setCommitId(commit)
            .build());
    lastCommit = commit;
    log.atInfo()
        .addKeyValue("agent_id", agent.agentId())
        .addKeyValue("project_id", agent.projectPath())
        .addKeyValue("commit_id", commit)
        .addKeyValue("bytes_from_git", traffic.bytes())
        .log("Sent configuration");
    telling.join(TELLING);
  }

  private ConfigurationFile read(AgentInfo agent, String commit, Traffic traffic)
      throws GitalyException, StatusException, InterruptedException {
    try {
      Parsed<ConfigurationFile> parsed = parts.files().read(agent, commit, traffic);
      for (Problem warning : parsed.warnings()) {
        report(Level.WARN, agent, commit, "Configuration is ambiguous", warning.toString());
      }
      return parsed.message();
    } catch (RejectedFileException e) {
      report(
          Level.INFO, agent, commit, "Configuration is rejected", String.valueOf(e.getMessage()));
      parts.rejections().rejected(agent.agentId(), commit, e.problems());
      throw Status.FAILED_PRECONDITION
          .withDescription(StatusText.fitting("Config: " + e.getMessage()))
          .withCause(e)
          .asException();
    }
  }

  private AgentConfiguration configuration(AgentInfo agent, ConfigurationFile file) {
    AgentConfiguration.Builder configuration =
        AgentConfiguration.newBuilder()
            .setAgentId(agent.agentId())
            .setProjectId(agent.projectId())
            .setProjectPath(agent.projectPath())
            .setGitlabExternalUrl(parts.externalUrl());
    if (file.hasGitops()) {
      configuration.setGitops(era.fitting(file.getGitops(), agent.projectPath()));
    }
    if (file.hasObservability()) {
      configuration.setObservability(file.getObservability());
    }
    if (file.hasCiAccess()) {
      configuration.setCiAccess(file.getCiAccess());
    }
    if (file.hasContainerScanning()) {
      configuration.setContainerScanning(file.getContainerScanning());
    }
    if (file.hasRemoteDevelopment()) {
      configuration.setRemoteDevelopment(file.getRemoteDevelopment());
    }
    if (file.hasFlux()) {
      configuration.setFlux(file.getFlux());
    }
    return configuration.build();
  }

  private void register(AgentInfo agent) {
    if (request.getSkipRegister() || registration != null) {
      return;
    }
    registration =
        parts
            .tracker()
            .register(
                ConnectedAgentInfo.newBuilder()
                    .setAgentMeta(request.getAgentMeta())
                    .setConnectedAt(Timestamps.fromMillis(parts.clock().instant().toEpochMilli()))
                    .setConnectionId(parts.random().nextLong() & Long.MAX_VALUE)
                    .setAgentId(agent.agentId())
                    .setProjectId(agent.projectId())
                    .build());
  }

  private void subscribe(String projectPath) {
    if (projectPath.equals(subscribedTo)) {
      return;
    }
    if (subscription != null) {
      subscription.close();
    }
    subscription = parts.pushes().subscribe(projectPath, notice);
    subscribedTo = projectPath;
  }

  private static void report(
      Level level, AgentInfo agent, String commit, String message, String error) {
    log.atLevel(level)
        .addKeyValue("agent_id", agent.agentId())
        .addKeyValue("project_id", agent.projectPath())
        .addKeyValue("commit_id", commit)
        .addKeyValue("error", error)
        .log(message);
  }

  /** Ends the listing and the notices. */
  @Override
  public void close() {
    if (subscription != null) {
      subscription.close();
    }
    if (registration != null) {
      registration.close();
    }
  }
}
