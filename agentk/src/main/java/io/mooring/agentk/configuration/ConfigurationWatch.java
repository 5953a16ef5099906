package io.mooring.agentk.configuration;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mooring.agentk.worker.RetryLoop;
import io.mooring.agentk.worker.RetryLoop.Outcome;
import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentconfiguration.rpc.AgentConfigurationGrpc;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationResponse;
import io.mooring.wire.entity.AgentMeta;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps asking kas for configurations and hands each to the features. One thread. */
public final class ConfigurationWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatch.class);

  private final AgentConfigurationGrpc.AgentConfigurationBlockingStub kas;
  private final AgentMeta meta;
  private final List<Feature> features;
  private final List<ConfigurationListener> listeners;
  private final Timing timing;
  private Optional<AgentIdentity> identity = Optional.empty();
  private String commitId = "";

  /**
   * A watch that has not begun.
   *
   * @param channel waits for kas
   * @param meta sent with every request, without a Kubernetes version
   * @param features in the order in which they take a configuration
   */
  public ConfigurationWatch(
      Channel channel,
      AgentMeta meta,
      List<Feature> features,
      List<ConfigurationListener> listeners,
      Timing timing) {
    this.kas = AgentConfigurationGrpc.newBlockingStub(channel);
    this.meta = meta;
    this.features = List.copyOf(features);
    this.listeners = List.copyOf(listeners);
    this.timing = timing;
  }

  /** Runs until the thread is interrupted. */
  public void run() throws InterruptedException {
    new RetryLoop(BackoffPolicy.STANDARD, timing).run(Duration.ZERO, this::follow);
  }

  private Outcome follow() {
    boolean received = false;
    try {
      Iterator<ConfigurationResponse> responses =
          kas.getConfiguration(
              ConfigurationRequest.newBuilder()
                  .setCommitId(commitId)
                  .setAgentMeta(meta)
                  .setSkipRegister(true)
                  .build());
      while (responses.hasNext()) {
        received = true;
        handle(responses.next());
      }
      return received ? Outcome.PROGRESS : Outcome.NOTHING;
    } catch (StatusRuntimeException e) {
      report(e);
      return Outcome.FAILURE;
    }
  }

  private static void report(StatusRuntimeException failure) {
    Status status = failure.getStatus();
    switch (status.getCode()) {
      case CANCELLED, DEADLINE_EXCEEDED -> {}
      // The text holds file, line and column, and what was expected.
      case FAILED_PRECONDITION ->
          LOG.atError()
              .addKeyValue("error", status.getDescription())
              .log("Configuration is refused by kas, the one before stays in use");
      default -> LOG.atWarn().setCause(failure).log("Configuration cannot be received");
    }
  }

  private void handle(ConfigurationResponse response) {
    AgentConfiguration configuration = response.getConfiguration();
    if (!recognised(configuration, response.getCommitId())) {
      return;
    }
    commitId = response.getCommitId();
    List<Feature.Change> changes = new ArrayList<>();
    for (Feature feature : features) {
      try {
        changes.add(feature.prepare(configuration));
      } catch (ConfigurationRejectedException e) {
        LOG.atError()
            .addKeyValue("commit_id", commitId)
            .addKeyValue("mod_name", feature.name())
            .addKeyValue("error", e.getMessage())
            .log("Configuration is refused, the one before stays in use");
        listeners.forEach(listener -> listener.rejected(commitId, e));
        return;
      }
    }
    changes.forEach(Feature.Change::take);
    LOG.atInfo().addKeyValue("commit_id", commitId).log("Configuration applied");
    listeners.forEach(listener -> listener.applied(commitId));
  }

  /** Whether the configuration is meant for this agent; the first one tells who that is. */
  private boolean recognised(AgentConfiguration configuration, String commit) {
    if (configuration.getAgentId() <= 0) {
      LOG.atError()
          .addKeyValue("commit_id", commit)
          .addKeyValue("agent_id", configuration.getAgentId())
          .log("Configuration has no agent id and is skipped");
      return false;
    }
    var told = new AgentIdentity(configuration.getAgentId(), configuration.getGitlabExternalUrl());
    if (identity.isEmpty()) {
      identity = Optional.of(told);
      listeners.forEach(listener -> listener.identified(told));
    }
    if (!identity.get().equals(told)) {
      LOG.atError()
          .addKeyValue("commit_id", commit)
          .addKeyValue(
              "error",
              "told to be "
                  + told
                  + " (expected: "
                  + identity.get()
                  + ", restart agentk if this is meant)")
          .log("Configuration is for another agent and is skipped");
      return false;
    }
    return true;
  }
}
