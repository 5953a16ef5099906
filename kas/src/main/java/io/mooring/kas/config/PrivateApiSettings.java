package io.mooring.kas.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The server that other replicas call.
 *
 * @param listener where it listens
 * @param authenticationSecretFile base64 of the secret that all replicas share
 * @param maxConnectionAge as of {@link AgentListen}
 * @param caCertificateFile PEM certificates that the other replicas' certificates may be signed
 *     with, beside the system's
 * @param listenGracePeriod as of {@link AgentListen}
 */
public record PrivateApiSettings(
    Listener listener,
    Path authenticationSecretFile,
    Duration maxConnectionAge,
    Optional<Path> caCertificateFile,
    Duration listenGracePeriod) {

  static PrivateApiSettings read(Section section) {
    return new PrivateApiSettings(
        Listener.read(section, "127.0.0.1:8155", "other replicas connect to"),
        section.requiredFile(
            "authentication_secret_file",
            "File with the secret, in base64, that the replicas of kas trust each other by."),
        section.duration("max_connection_age", Duration.ofHours(2), ApiSettings.MAX_CONNECTION_AGE),
        section.optionalFile(
            "ca_certificate_file",
            "PEM file with certificates to trust in other replicas, beside the system's."),
        section.duration(
            "listen_grace_period", Duration.ofSeconds(5), ApiSettings.LISTEN_GRACE_PERIOD));
  }
}
