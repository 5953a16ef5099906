package io.mooring.agentk.gitops;

import io.grpc.Channel;
import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.agentk.configuration.Feature;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.worker.Timing;
import io.mooring.agentk.worker.Workers;
import io.mooring.apply.Engine;
import io.mooring.wire.agentcfg.AgentConfiguration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one watch and one engine for each manifest project of the configuration. {@link #prepare} is
 * for any thread; changes and {@link #stop} are for the one thread that leads the feature.
 */
public final class GitopsFeature implements Feature {
  private static final Logger LOG = LoggerFactory.getLogger(GitopsFeature.class);

  private final Channel channel;
  private final Cluster cluster;
  private final List<SyncListener> listeners;
  private final Workers workers;
  private final Timing timing;
  private final Map<String, Running> running = new LinkedHashMap<>();

  private record Running(ManifestProject project, Engine engine, Workers.Worker watch) {}

  /**
   * A feature without projects.
   *
   * @param channel waits for kas
   * @param workers own the threads of the watches
   */
  public GitopsFeature(
      Channel channel,
      Cluster cluster,
      List<SyncListener> listeners,
      Workers workers,
      Timing timing) {
    this.channel = channel;
    this.cluster = cluster;
    this.listeners = List.copyOf(listeners);
    this.workers = workers;
    this.timing = timing;
  }

  @Override
  public String name() {
    return "gitops-manifest";
  }

  @Override
  public Change prepare(AgentConfiguration configuration) throws ConfigurationRejectedException {
    Map<String, ManifestProject> projects = new LinkedHashMap<>();
    for (int i = 0; i < configuration.getGitops().getManifestProjectsCount(); i++) {
      ManifestProject project = ManifestProject.of(configuration, i);
      if (projects.putIfAbsent(project.id(), project) != null) {
        throw new ConfigurationRejectedException(
            "gitops.manifest_projects[" + i + "].id",
            project.id() + " stands in an earlier entry too",
            "one entry a project");
      }
    }
    return () -> take(projects);
  }

  private void take(Map<String, ManifestProject> wanted) {
    running.values().stream()
        .filter(current -> !current.project().equals(wanted.get(current.project().id())))
        .toList()
        .forEach(this::stop);
    wanted.values().stream()
        .filter(project -> !running.containsKey(project.id()))
        .forEach(this::start);
  }

  @Override
  public void stop() {
    List.copyOf(running.values()).forEach(this::stop);
  }

  private void start(ManifestProject project) {
    Engine engine =
        Engine.start(
            project.options(),
            cluster.api(),
            new ProjectReports(project.id(), listeners),
            timing.clock(),
            timing.random());
    var watch = new ProjectWatch(channel, project, engine::submit, source(project.id()), timing);
    running.put(
        project.id(),
        new Running(project, engine, workers.start("gitops " + project.id(), watch::run)));
    LOG.atInfo().addKeyValue("project_id", project.id()).log("Synchronization started");
  }

  private SourceListener source(String project) {
    return new SourceListener() {
      @Override
      public void refused(String commitId, String error) {
        listeners.forEach(heard -> heard.sourceRefused(project, commitId, error));
      }

      @Override
      public void delivered(String commitId) {
        listeners.forEach(heard -> heard.sourceDelivered(project, commitId));
      }
    };
  }

  private void stop(Running current) {
    running.remove(current.project().id());
    current.watch().close();
    current.engine().close();
    LOG.atInfo().addKeyValue("project_id", current.project().id()).log("Synchronization stopped");
  }
}
