package io.mooring.agentk.registrar;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.ClusterException;
import io.mooring.agentk.worker.RetryLoop;
import io.mooring.agentk.worker.RetryLoop.Outcome;
import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.backoff.BackoffPolicy;
import io.mooring.wire.agentregistrar.rpc.AgentRegistrarGrpc;
import io.mooring.wire.agentregistrar.rpc.RegisterRequest;
import io.mooring.wire.entity.AgentMeta;
import io.mooring.wire.entity.KubernetesVersion;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls {@code Register} again and again, under one random number a process. One thread. */
public final class Registrar {
  private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);
  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final Duration VERSION_BOUND = Duration.ofSeconds(5);

  /** The answer needs one look-up in kas, which may have to ask GitLab. */
  private static final long REGISTER_SECONDS = 30;

  private final AgentRegistrarGrpc.AgentRegistrarBlockingStub kas;
  private final Cluster cluster;
  private final AgentMeta meta;
  private final Timing timing;
  private final long podId;
  private KubernetesVersion version = KubernetesVersion.getDefaultInstance();

  /**
   * A registrar that has not begun.
   *
   * @param channel fails while kas cannot be reached
   * @param meta of this Pod, without a Kubernetes version
   */
  public Registrar(Channel channel, Cluster cluster, AgentMeta meta, Timing timing) {
    this.kas = AgentRegistrarGrpc.newBlockingStub(channel);
    this.cluster = cluster;
    this.meta = meta;
    this.timing = timing;
    this.podId = timing.random().nextLong() & Long.MAX_VALUE;
  }

  /** Runs until the thread is interrupted. */
  public void run() throws InterruptedException {
    new RetryLoop(BackoffPolicy.STANDARD, timing).run(INTERVAL, this::register);
  }

  private Outcome register() throws InterruptedException {
    lookUpVersion();
    var request =
        RegisterRequest.newBuilder()
            .setAgentMeta(meta.toBuilder().setKubernetesVersion(version))
            .setPodId(podId)
            .build();
    try {
      var _ = kas.withDeadlineAfter(REGISTER_SECONDS, TimeUnit.SECONDS).register(request);
      return Outcome.DONE;
    } catch (StatusRuntimeException e) {
      // The reason, such as an unknown host or authority, is in the causes.
      LOG.atWarn().setCause(e).log("Agent cannot be registered");
      return Outcome.FAILURE;
    }
  }

  /** Leaves the version known before where the API server does not answer. */
  private void lookUpVersion() throws InterruptedException {
    try {
      JsonObject answer = cluster.read("/version", VERSION_BOUND);
      version =
          KubernetesVersion.newBuilder()
              .setMajor(text(answer, "major"))
              .setMinor(text(answer, "minor"))
              .setGitVersion(text(answer, "gitVersion"))
              .setPlatform(text(answer, "platform"))
              .build();
    } catch (ClusterException e) {
      LOG.atWarn().setCause(e).log("Version of the API server is not known");
    }
  }

  private static String text(JsonObject object, String name) {
    JsonElement element = object.get(name);
    return element != null && element.isJsonPrimitive() ? element.getAsString() : "";
  }
}
