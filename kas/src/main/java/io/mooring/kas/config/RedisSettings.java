package io.mooring.kas.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The Redis that the replicas share.
 *
 * @param server how it is found
 * @param dialTimeout limit of connecting
 * @param writeTimeout limit of one command
 * @param keyPrefix first part of every key
 * @param username of an ACL user
 * @param passwordFile used as it is, without trimming
 * @param network {@code tcp} or {@code unix}
 * @param tls present when TLS is on
 * @param databaseIndex number of the database
 */
public record RedisSettings(
    Server server,
    Duration dialTimeout,
    Duration writeTimeout,
    String keyPrefix,
    Optional<String> username,
    Optional<Path> passwordFile,
    String network,
    Optional<Tls> tls,
    int databaseIndex) {

  /** How Redis is found. */
  public sealed interface Server {}

  /** One known server: {@code host:port} or the path of a socket. */
  public record Standalone(String address) implements Server {}

  /** A master that sentinels know. */
  public record Sentinel(String masterName, List<String> addresses, Optional<Path> passwordFile)
      implements Server {}

  /** Files of a TLS connection; a client certificate is optional. */
  public record Tls(
      Optional<Path> certificateFile, Optional<Path> keyFile, Optional<Path> caCertificateFile) {}

  static RedisSettings read(Section section) {
    Optional<Server> standalone =
        section
            .optionalSection("server", "One Redis server. Either this or `sentinel`.")
            .map(server ->
                new Standalone(
                    server.requiredText("address", "`host:port`, or the path of a socket.")));
    Optional<Server> sentinel =
        section
            .optionalSection("sentinel", "Sentinels that know the Redis server.")
            .map(RedisSettings::sentinel);
    Section tls = section.section("tls");
    boolean encrypted = tls.flag("enabled", "Whether connections to Redis use TLS.");
    Tls files =
        new Tls(
            tls.optionalFile("certificate_file", "PEM file with a client certificate."),
            tls.optionalFile("key_file", "PEM file with the key of the client certificate."),
            tls.optionalFile(
                "ca_certificate_file", "PEM file with certificates to trust in Redis."));
    RedisSettings settings =
        new RedisSettings(
            standalone.or(() -> sentinel).orElseThrow(),
            section.duration("dial_timeout", Duration.ofSeconds(5), "Limit of connecting."),
            section.duration("write_timeout", Duration.ofSeconds(3), "Limit of one command."),
            section.text("key_prefix", "gitlab-kas", "First part of every key."),
            section.optionalText("username", "Name of the ACL user."),
            section.optionalFile(
                "password_file",
                "File with the password, used as it is: no line break at its end."),
            section.text("network", "tcp", "Kind of `server.address`."),
            encrypted ? Optional.of(files) : Optional.empty(),
            (int) section.number("database_index", 0, "Number of the database."));
    section.unused("pool_size", "one connection carries all commands.");
    section.unused("read_timeout", "`write_timeout` limits the whole command.");
    section.unused("idle_timeout", "the connection is kept open.");
    return settings;
  }

  private static Sentinel sentinel(Section section) {
    return new Sentinel(
        section.requiredText("master_name", "Name of the master."),
        section.texts("addresses", "`host:port` of each sentinel."),
        section.optionalFile(
            "sentinel_password_file", "File with the sentinels' password, used as it is."));
  }
}
