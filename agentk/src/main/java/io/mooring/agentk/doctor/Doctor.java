package io.mooring.agentk.doctor;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.agentk.kubernetes.Cluster;
import io.mooring.agentk.kubernetes.ClusterException;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.agentk.worker.Timing;
import io.mooring.protocol.SettingException;
import io.mooring.wire.agentcfg.AgentConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Looks at everything between this agent, kas and the cluster. One thread.
 *
 * @param patient what the agent would be started with
 * @param timing of this machine
 * @param bound of each step
 */
public record Doctor(Patient patient, Timing timing, Duration bound) {
  private static final Set<Check> WAY = EnumSet.range(Check.ADDRESS, Check.VERSION);

  /**
   * What the agent would be started with.
   *
   * @param kas gives the settings for kas
   * @param kubernetes how the API server is reached
   * @param namespace of the Pod
   */
  public record Patient(KasSettings kas, KubernetesOptions kubernetes, String namespace) {}

  /** Settings that may be wrong. */
  public interface KasSettings {
    /**
     * Reads them.
     *
     * @throws SettingException when one cannot be used
     */
    KasConnection.Settings read();
  }

  /** With ten seconds for each step. */
  public static Report examine(Patient patient, Timing timing) throws InterruptedException {
    return new Doctor(patient, timing, Bound.STEP).examine();
  }

  /** Makes every check that can be made. */
  Report examine() throws InterruptedException {
    var findings = new ArrayList<Finding>();
    var clocks = new ClockCheck();
    ExecutorService tasks =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("doctor-", 0).factory());
    try {
      var way = new WayToKas(timing, bound, tasks, clocks, findings);
      try {
        way.walk(patient.kas());
      } catch (UnhealthyException e) {
        findings.add(e.finding());
        skipRest(findings, e.finding().check());
      }
      cluster(findings, clocks, way.configuration(), tasks);
      findings.add(clocks.judge());
    } finally {
      tasks.shutdownNow();
    }
    return new Report(findings);
  }

  private static void skipRest(List<Finding> findings, Check failed) {
    for (Check check : WAY) {
      if (check.compareTo(failed) > 0) {
        findings.add(Finding.skipped(check, "not reached, because " + failed.text() + " failed"));
      }
    }
  }

  private void cluster(
      List<Finding> findings,
      ClockCheck clocks,
      Optional<AgentConfiguration> configuration,
      ExecutorService tasks)
      throws InterruptedException {
    try (Cluster cluster = Cluster.open(patient.kubernetes(), tasks)) {
      try {
        Cluster.Answer version = cluster.ask("GET", "/version", new JsonObject(), bound);
        HttpHead.date(version.date())
            .ifPresent(date -> clocks.saw("the API server", date, timing.clock().instant()));
        JsonElement name = version.body().get("gitVersion");
        findings.add(
            Finding.ok(
                Check.CLUSTER,
                "the API server answers",
                cluster.url() + ", " + (name == null ? "unknown version" : name.getAsString())));
      } catch (ClusterException e) {
        findings.add(
            Finding.failed(
                Check.CLUSTER,
                "the API server does not answer",
                cluster.url() + ": " + e.getMessage(),
                "200 for /version",
                "check the ServiceAccount of the Pod, or --kubeconfig and the flags beside it"));
        findings.add(Finding.skipped(Check.RIGHTS, "not reached, because cluster failed"));
        return;
      }
      findings.add(new RightsCheck(cluster, patient.namespace(), bound).judge(configuration));
    } catch (SettingException e) {
      findings.add(
          Finding.failed(
              Check.CLUSTER,
              "the settings for the API server cannot be used",
              String.valueOf(e.getMessage()),
              "a kubeconfig or the ServiceAccount of a Pod",
              "mend the setting that is named"));
      findings.add(Finding.skipped(Check.RIGHTS, "not reached, because cluster failed"));
    }
  }
}
