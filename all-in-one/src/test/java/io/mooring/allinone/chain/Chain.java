package io.mooring.allinone.chain;

import io.mooring.agentk.Agentk;
import io.mooring.agentk.AgentkOptions;
import io.mooring.agentk.connection.AgentToken;
import io.mooring.agentk.leader.Election;
import io.mooring.kas.KasFixture;
import io.mooring.kas.gitlab.ScriptedGitLab.Reply;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.HostPort;
import io.mooring.protocol.transport.KasAddress;
import io.mooring.testkit.certificates.CertificateAuthority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * kas in front of an agentk in front of an API server, all but the last in this JVM. One CI job may
 * use the cluster, as the agent itself.
 */
final class Chain implements AutoCloseable {
  private static final String JOB =
      """
      {"allowed_agents":[{"id":5,"config_project":{"id":3},"configuration":{"access_as":{"agent":{}}}}],
       "job":{"id":7},"pipeline":{"id":6},"project":{"id":150,"groups":[{"id":23}]},
       "user":{"id":1,"username":"root"}}
      """;

  private static final Election.Pace QUICK =
      new Election.Pace(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofMillis(200));

  private final KasFixture kas;
  private final Agentk agent;
  private final Path directory;

  private Chain(KasFixture kas, Agentk agent, Path directory) {
    this.kas = kas;
    this.agent = agent;
    this.directory = directory;
  }

  /**
   * Starts kas and agent.
   *
   * @param directory for their files
   * @param kubeconfig of the API server
   */
  static Chain start(Path directory, Path kubeconfig) throws IOException {
    KasFixture kas = kas(directory);
    return connect(kas, port(kas), directory, kubeconfig);
  }

  /**
   * Starts a kas that an agent may be connected to.
   *
   * @param directory for its files
   */
  static KasFixture kas(Path directory) {
    var identity = authority(directory).server("kas", "kas", "IP:127.0.0.1");
    KasFixture kas =
        KasFixture.start(
            directory,
            """
            {address: '127.0.0.1:0', listen_grace_period: 0.1s}
              kubernetes_api:
                listen:
                  address: '127.0.0.1:0'
                  listen_grace_period: 0.1s
                  shutdown_grace_period: 1s
                  certificate_file: %s
                  key_file: %s
            """
                .formatted(identity.certificate(), identity.key())
                .strip(),
            "");
    kas.gitlab().on("audit_records", request -> Reply.status(204));
    kas.gitlab().onPath("/api/v4/job/allowed_agents", request -> Reply.json(200, JOB));
    return kas;
  }

  /**
   * Connects an agent; what this returns closes both.
   *
   * @param port of loopback where the agent finds kas, or what stands between
   */
  static Chain connect(KasFixture kas, int port, Path directory, Path kubeconfig)
      throws IOException {
    try {
      Agentk agent =
          Agentk.start(
              AgentkOptions.of(
                      new KasAddress.Grpc(new HostPort("127.0.0.1", port), false),
                      new AgentToken.Fixed(Secret.of(KasFixture.TOKEN)),
                      kubeconfig,
                      "default",
                      "chain")
                  .withElection(QUICK));
      return new Chain(kas, agent, directory);
    } catch (IOException | RuntimeException e) {
      kas.close();
      throw e;
    }
  }

  /** Where agents find a kas on loopback. */
  static int port(KasFixture kas) {
    return ((InetSocketAddress) kas.kas().agentAddress()).getPort();
  }

  private static CertificateAuthority authority(Path directory) {
    return CertificateAuthority.create(directory.resolve("tls"), "chain");
  }

  /** Where agents find this kas. */
  int agentPort() {
    return port(kas);
  }

  /** The way through kas. */
  Endpoint endpoint() {
    int port = ((InetSocketAddress) kas.kas().kubernetesApiAddress().orElseThrow()).getPort();
    return Endpoint.of(URI.create("https://127.0.0.1:" + port), authority(), "ci:5:job-token");
  }

  /** A kubeconfig for the way through kas. */
  Path kubeconfig() throws IOException {
    Endpoint endpoint = endpoint();
    return Files.writeString(
        directory.resolve("through-kas.kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: kas
        contexts: [{name: kas, context: {cluster: kas, user: job}}]
        clusters: [{name: kas, cluster: {server: "%s", certificate-authority: "%s"}}]
        users: [{name: job, user: {token: "%s"}}]
        """
            .formatted(endpoint.url(), authority(), endpoint.token()));
  }

  /** A kubeconfig for a server on loopback that wants no credentials. */
  static Path plainKubeconfig(Path directory, int port) throws IOException {
    return Files.writeString(
        directory.resolve("plain-" + port + ".kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: plain
        contexts: [{name: plain, context: {cluster: plain, user: plain}}]
        clusters: [{name: plain, cluster: {server: "http://127.0.0.1:%d"}}]
        users: [{name: plain, user: {}}]
        """
            .formatted(port));
  }

  private Path authority() {
    return directory.resolve("tls/ca.crt");
  }

  @Override
  public void close() {
    agent.close();
    kas.close();
  }
}
