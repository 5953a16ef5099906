package io.mooring.agentk.kubernetes;

import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.HostPort;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the API server is reached and who calls it, for a client that speaks HTTP itself. A value:
 * when a file with credentials changes, there is a new one.
 *
 * @param endpoint where it listens
 * @param host value of {@code Host}
 * @param basePath path of the server's URL without a slash at its end; mostly empty
 * @param tls how it is trusted and who calls; the same object while neither changed. Empty without
 *     TLS
 * @param proxy stands between, if there is one
 * @param authorization value of {@code Authorization}
 * @param impersonation identity to act as: headers with their values, empty when it is the caller's
 *     own
 */
public record ApiAccess(
    HostPort endpoint,
    String host,
    String basePath,
    Optional<Tls> tls,
    Optional<Proxy> proxy,
    Optional<Secret> authorization,
    Map<String, List<String>> impersonation) {
  /**
   * TLS towards the API server.
   *
   * @param context HTTP/1.1 alone, with the caller's certificate if it has one
   * @param serverName the name to verify
   */
  public record Tls(SslContext context, String serverName) {}

  /**
   * An HTTP proxy that understands {@code CONNECT}.
   *
   * @param endpoint where it listens
   * @param user empty without credentials
   * @param password of the user
   */
  public record Proxy(HostPort endpoint, String user, Secret password) {}

  /** Copies the map. */
  public ApiAccess {
    impersonation = Map.copyOf(impersonation);
  }
}
