package io.mooring.kas.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The server that GitLab calls.
 *
 * @param listener where it listens
 * @param authenticationSecretFile base64 of the secret that GitLab signs its tokens with
 * @param maxConnectionAge as of {@link AgentListen}
 * @param listenGracePeriod as of {@link AgentListen}
 */
public record ApiSettings(
    Listener listener,
    Path authenticationSecretFile,
    Duration maxConnectionAge,
    Duration listenGracePeriod) {

  static final String MAX_CONNECTION_AGE =
      "Clients are asked to reconnect after 20 % of this time, idle streams end after 30 %, and a connection is cut after 85 %.";
  static final String LISTEN_GRACE_PERIOD =
      "How long connections are still accepted after kas was told to stop, while load balancers notice.";

  static ApiSettings read(Section section) {
    return new ApiSettings(
        Listener.read(section, "127.0.0.1:8153", "GitLab connects to"),
        section.requiredFile(
            "authentication_secret_file",
            "File with the secret, in base64, that GitLab signs its tokens for kas with."),
        section.duration("max_connection_age", Duration.ofHours(2), MAX_CONNECTION_AGE),
        section.duration("listen_grace_period", Duration.ofSeconds(5), LISTEN_GRACE_PERIOD));
  }
}
