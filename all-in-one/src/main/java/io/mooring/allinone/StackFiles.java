package io.mooring.allinone;

import io.mooring.testkit.certificates.CertificateAuthority.Identity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The configuration files of the four programs, as an operator would write them: the programs are
 * started from these, in one JVM or each on its own.
 *
 * @param state where files, secrets and data are
 * @param gitlabPort HTTP of the GitLab application
 * @param gitalyPort gRPC of gitaly
 * @param kas the ports of each replica
 * @param front where GitLab, agents and people are told kas is
 * @param certificate of kas for people, and with {@code redis} for agents too
 * @param redis what several replicas share; without it there is one, and agents come in clear text
 * @param pollPeriod how often kas looks at Git without a notice
 */
record StackFiles(
    StateDirectory state,
    int gitlabPort,
    int gitalyPort,
    List<KasPorts> kas,
    KasFront front,
    Identity certificate,
    Optional<URI> redis,
    Duration pollPeriod) {

  /** The same with GitLab calling the first replica directly. */
  StackFiles withoutRelay() {
    return new StackFiles(
        state,
        gitlabPort,
        gitalyPort,
        kas,
        front.withGitlab(kas.getFirst().gitlab()),
        certificate,
        redis,
        pollPeriod);
  }

  Path gitaly() throws IOException {
    return state.write(
        "gitaly.yaml",
        """
        listen:
        - tcp://127.0.0.1:%d
        authentication:
          token_file: %s
        storages:
        - name: default
          path: %s
        shutdown_grace: 1s
        gitlab:
          url: http://127.0.0.1:%d
          secret_file: %s
        """
            .formatted(
                gitalyPort,
                state.secretFile("gitaly-token"),
                state.path("repositories"),
                gitlabPort,
                state.secretFile("shell-secret")));
  }

  Path gitlab() throws IOException {
    return state.write(
        "gitlab.yaml",
        """
        http:
          address: 127.0.0.1
          port: %d
        data_directory: %s
        administrator:
          password_file: %s
        kas:
          internal_url: grpc://127.0.0.1:%d
          external_url: %s
          external_k8s_proxy_url: %s
          %s
          secret_file: %s
        gitaly:
          hook_secret_file: %s
          storages:
            default:
              address: tcp://127.0.0.1:%d
              token_file: %s
        """
            .formatted(
                gitlabPort,
                state.path("gitlab"),
                state.secretFile("root-password"),
                front.gitlab(),
                front.agents(),
                front.kubernetesUrl(),
                front
                    .browsers()
                    .map("browser_k8s_proxy_url: http://127.0.0.1:%d"::formatted)
                    .orElse("# Browsers go the same way."),
                state.secretFile("kas-secret"),
                state.secretFile("shell-secret"),
                gitalyPort,
                state.secretFile("gitaly-token")));
  }

  /** The file of one replica. */
  Path kas(int replica) throws IOException {
    KasPorts ports = kas.get(replica);
    return state.write(
        "kas-%d.yaml".formatted(replica + 1),
        """
        gitlab:
          address: http://127.0.0.1:%d
          external_url: http://127.0.0.1:%d
          authentication_secret_file: %s
        agent:
          listen:
            address: 127.0.0.1:%d
            listen_grace_period: 0.1s
        %s
          configuration:
            poll_period: %ds
          gitops:
            poll_period: %ds
          kubernetes_api:
            listen:
              address: 127.0.0.1:%d
              certificate_file: %s
              key_file: %s
              listen_grace_period: 0.1s
              shutdown_grace_period: 30s
        api:
          listen:
            address: 127.0.0.1:%d
            authentication_secret_file: %s
            listen_grace_period: 0.1s
        private_api:
          listen:
            address: 127.0.0.1:%d
            authentication_secret_file: %s
            listen_grace_period: 0.1s
        observability:
          listen:
            address: 127.0.0.1:%d
        %s
        """
            .formatted(
                gitlabPort,
                gitlabPort,
                state.secretFile("kas-secret"),
                ports.agents(),
                redis.isPresent() ? overWebSocket() : "",
                pollPeriod.toSeconds(),
                pollPeriod.toSeconds(),
                ports.kubernetes(),
                certificate.certificate(),
                certificate.key(),
                ports.gitlab(),
                state.secretFile("kas-secret"),
                ports.replicas(),
                state.secretFile("kas-private-secret"),
                ports.metrics(),
                redis.map(StackFiles::redisSection).orElse("")));
  }

  private String overWebSocket() {
    return "    websocket: true\n    certificate_file: %s\n    key_file: %s"
        .formatted(certificate.certificate(), certificate.key());
  }

  private static String redisSection(URI redis) {
    return "redis:\n  server:\n    address: %s".formatted(redis.getAuthority());
  }
}
