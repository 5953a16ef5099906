package io.mooring.benchmarks.program;

import io.mooring.testkit.process.SparePort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;

/**
 * What a kas is started from. Limits of calls to GitLab and Gitaly and of an agent's RPCs are
 * raised: the defaults would measure those limits when thousands of agents come at once, or when
 * one agent answers more than 667 requests a second, each of which takes an RPC. All else is the
 * default.
 *
 * @param directory holds the files; replicas of one kas share it and thereby the secrets
 * @param name tells replicas apart
 * @param gitlab base URL of GitLab
 * @param redis address of the Redis that replicas share
 */
public record KasFiles(
    Path directory,
    String name,
    URI gitlab,
    Optional<String> redis,
    int agentPort,
    int apiPort,
    int kubernetesApiPort,
    int privateApiPort,
    int observabilityPort) {
  private static final int SECRET_BYTES = 32;

  /** One with ports that are free now. */
  public static KasFiles of(Path directory, String name, URI gitlab, Optional<String> redis) {
    return new KasFiles(
        directory,
        name,
        gitlab,
        redis,
        SparePort.find(),
        SparePort.find(),
        SparePort.find(),
        SparePort.find(),
        SparePort.find());
  }

  /** Writes the configuration and the secrets that are not there yet. */
  public Path write() throws IOException {
    String text =
        """
        gitlab:
          address: %s
          authentication_secret_file: %s
          api_rate_limit: {refill_rate_per_second: 2000, bucket_size: 2000}
        agent:
          listen:
            address: 127.0.0.1:%d
            listen_grace_period: 1s
            connections_per_token_per_minute: 10000000
          kubernetes_api:
            listen:
              address: 127.0.0.1:%d
              listen_grace_period: 1s
        gitaly:
          global_api_rate_limit: {refill_rate_per_second: 2000, bucket_size: 2000}
          per_server_api_rate_limit: {refill_rate_per_second: 2000, bucket_size: 2000}
        api:
          listen:
            address: 127.0.0.1:%d
            authentication_secret_file: %s
            listen_grace_period: 1s
        private_api:
          listen:
            address: 127.0.0.1:%d
            authentication_secret_file: %s
            listen_grace_period: 1s
        observability:
          listen:
            address: 127.0.0.1:%d
        """
            .formatted(
                gitlab,
                secret("gitlab-secret"),
                agentPort,
                kubernetesApiPort,
                apiPort,
                secret("api-secret"),
                privateApiPort,
                secret("private-api-secret"),
                observabilityPort);
    String shared =
        redis
            .map(
                """
                redis:
                  server:
                    address: %s
                """
                    ::formatted)
            .orElse("");
    return Files.writeString(directory.resolve(name + ".yaml"), text + shared);
  }

  private Path secret(String secretName) throws IOException {
    Path file = directory.resolve(secretName);
    if (!Files.exists(file)) {
      byte[] bytes = new byte[SECRET_BYTES];
      java.util.Arrays.fill(bytes, (byte) secretName.length());
      Files.writeString(file, Base64.getEncoder().encodeToString(bytes) + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    return file;
  }
}
