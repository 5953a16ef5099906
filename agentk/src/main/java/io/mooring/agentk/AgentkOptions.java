package io.mooring.agentk;

import io.mooring.agentk.connection.AgentToken;
import io.mooring.agentk.connection.KasConnection;
import io.mooring.agentk.connection.KasHeader;
import io.mooring.agentk.kubernetes.KubernetesOptions;
import io.mooring.agentk.leader.Election;
import io.mooring.protocol.transport.ClientTls;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.protocol.transport.ListenAddress;
import io.mooring.protocol.transport.ServerTls;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything an agent is started with.
 *
 * @param kas how kas is reached
 * @param observability where metrics and probes are offered
 * @param observabilityTls certificate of that listener
 * @param kubernetes how the API server is reached
 * @param podNamespace namespace of this Pod; the Lease is made there
 * @param podName name of this Pod; its identity in the election
 * @param election how fast leadership changes
 */
public record AgentkOptions(
    KasConnection.Settings kas,
    ListenAddress observability,
    Optional<ServerTls> observabilityTls,
    KubernetesOptions kubernetes,
    String podNamespace,
    String podName,
    Election.Pace election) {
  /** Checks what must not be empty. */
  public AgentkOptions {
    if (podNamespace.isEmpty() || podName.isEmpty()) {
      throw new IllegalArgumentException("namespace and name of the Pod must not be empty");
    }
  }

  /**
   * The least that is needed: no extra headers, the system's roots, metrics on a free port of
   * loopback.
   *
   * @param kubeconfig file whose current context is used
   */
  public static AgentkOptions of(
      KasAddress kas, AgentToken token, Path kubeconfig, String podNamespace, String podName) {
    return new AgentkOptions(
        new KasConnection.Settings(
            kas, ClientTls.system(), Optional.empty(), token, List.<KasHeader>of()),
        ListenAddress.tcp("127.0.0.1:0"),
        Optional.empty(),
        KubernetesOptions.ofKubeconfig(kubeconfig),
        podNamespace,
        podName,
        Election.Pace.standard());
  }

  /** The same, reaching kas in another way. */
  public AgentkOptions withKas(KasConnection.Settings settings) {
    return new AgentkOptions(
        settings, observability, observabilityTls, kubernetes, podNamespace, podName, election);
  }

  /** The same with another pace of elections. */
  public AgentkOptions withElection(Election.Pace pace) {
    return new AgentkOptions(
        kas, observability, observabilityTls, kubernetes, podNamespace, podName, pace);
  }
}
