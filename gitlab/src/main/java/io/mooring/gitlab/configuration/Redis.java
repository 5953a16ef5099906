package io.mooring.gitlab.configuration;

import io.mooring.protocol.SettingException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The Redis that replicas share, which may be that of a Rails application.
 *
 * @param url {@code redis://host:port/database}, {@code rediss://} with TLS or {@code unix:/path}
 * @param username for Redis 6 and later; empty logs in by password alone
 * @param passwordFile holds the password; empty when Redis asks for none
 * @param caFile certificates that {@code rediss://} trusts; empty trusts the system's
 * @param channelPrefix what Rails calls {@code channel_prefix}, such as {@code gitlab_production};
 *     may be empty
 */
public record Redis(
    URI url,
    Optional<String> username,
    Optional<Path> passwordFile,
    Optional<Path> caFile,
    String channelPrefix) {
  public Redis {
    boolean path = "unix".equals(url.getScheme()) && url.getPath() != null;
    if (!path) {
      GitLabConfiguration.requireScheme("redis.url", url, List.of("redis", "rediss"));
      if (!url.getPath().matches("|/|/[0-9]{1,4}")) {
        throw new SettingException(
            "redis.url", url + " (expected: redis://host:port/database, a number)");
      }
    }
  }

  /** Number of the logical database. */
  public int database() {
    return url.getPath().matches("/[0-9]+") ? Integer.parseInt(url.getPath().substring(1)) : 0;
  }
}
