package io.mooring.allinone;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The configuration files of the four programs, as an operator would write them: the programs are
 * started from these, in one JVM or each on its own.
 *
 * @param state where files, secrets and data are
 * @param gitlabPort HTTP of the GitLab application
 * @param gitalyPort gRPC of gitaly
 * @param kasAgentPort gRPC for agents
 * @param kasApiPort gRPC for GitLab
 * @param kasApiSeenByGitLab where GitLab is told that is
 * @param kasPrivatePort gRPC for other replicas
 * @param kasMetricsPort metrics and probes of kas
 * @param pollPeriod how often kas looks at Git without a notice
 */
record StackFiles(
    StateDirectory state,
    int gitlabPort,
    int gitalyPort,
    int kasAgentPort,
    int kasApiPort,
    int kasApiSeenByGitLab,
    int kasPrivatePort,
    int kasMetricsPort,
    Duration pollPeriod) {

  /** The same with GitLab calling kas directly. */
  StackFiles withoutRelay() {
    return new StackFiles(
        state,
        gitlabPort,
        gitalyPort,
        kasAgentPort,
        kasApiPort,
        kasApiPort,
        kasPrivatePort,
        kasMetricsPort,
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
          external_url: grpc://127.0.0.1:%d
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
                kasApiSeenByGitLab,
                kasAgentPort,
                state.secretFile("kas-secret"),
                state.secretFile("shell-secret"),
                gitalyPort,
                state.secretFile("gitaly-token")));
  }

  Path kas() throws IOException {
    return state.write(
        "kas.yaml",
        """
        gitlab:
          address: http://127.0.0.1:%d
          authentication_secret_file: %s
        agent:
          listen:
            address: 127.0.0.1:%d
            listen_grace_period: 0.1s
          configuration:
            poll_period: %ds
          gitops:
            poll_period: %ds
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
        """
            .formatted(
                gitlabPort,
                state.secretFile("kas-secret"),
                kasAgentPort,
                pollPeriod.toSeconds(),
                pollPeriod.toSeconds(),
                kasApiPort,
                state.secretFile("kas-secret"),
                kasPrivatePort,
                state.secretFile("kas-private-secret"),
                kasMetricsPort));
  }
}
