package io.mooring.protocol.transport;

import java.util.Optional;

/**
 * Where a Git server is found, as GitLab hands it out (gitlab-side.md 8.1): {@code unix:/path},
 * {@code tcp://host:port}, {@code tls://host:port} or {@code dns:[//authority/]host:port}.
 */
public sealed interface GitalyAddress {
  /** A socket file. */
  record Unix(String path) implements GitalyAddress {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /** Clear text or TLS to one host, resolved by the operating system. */
  record Tcp(HostPort endpoint, boolean tls) implements GitalyAddress {
    @Override
    public String toString() {
      return (tls ? "tls://" : "tcp://") + endpoint;
    }
  }

  /**
   * Clear text to every address behind a name.
   *
   * @param server the DNS server to ask; absent is the operating system's choice
   */
  record Dns(Optional<HostPort> server, HostPort endpoint) implements GitalyAddress {
    private static final String STANDARD_PORT = ":53";

    @Override
    public String toString() {
      String authority = server.map(HostPort::toString).orElse("");
      boolean standard = authority.endsWith(STANDARD_PORT);
      int end = authority.length() - (standard ? STANDARD_PORT.length() : 0);
      return "dns://" + authority.substring(0, end) + "/" + endpoint;
    }
  }

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException with the offending text
   */
  static GitalyAddress parse(String text) {
    if (text.startsWith("unix:")) {
      String path = text.substring("unix:".length());
      String absolute = path.startsWith("//") ? path.substring(2) : path;
      if (absolute.isEmpty()) {
        throw new IllegalArgumentException(text + EXPECTED);
      }
      return new Unix(absolute);
    }
    if (text.startsWith("tcp://") || text.startsWith("tls://")) {
      return new Tcp(endpoint(text, text.substring("tcp://".length())), text.startsWith("tls"));
    }
    if (text.startsWith("dns:")) {
      String rest = text.substring("dns:".length());
      if (!rest.startsWith("//")) {
        return new Dns(Optional.empty(), endpoint(text, rest));
      }
      int slash = rest.indexOf('/', 2);
      String server = slash < 0 ? "" : rest.substring(2, slash);
      HostPort endpoint = endpoint(text, rest.substring(slash + 1));
      return new Dns(
          server.isEmpty() ? Optional.empty() : Optional.of(server(text, server)), endpoint);
    }
    throw new IllegalArgumentException(text + EXPECTED);
  }

  private static HostPort server(String text, String server) {
    boolean hasPort = server.endsWith("]") ? false : server.indexOf(':') >= 0;
    return endpoint(text, hasPort ? server : server + ":53");
  }

  private static HostPort endpoint(String text, String endpoint) {
    try {
      HostPort parsed = HostPort.parse(endpoint);
      if (!parsed.host().isEmpty() && parsed.host().indexOf('/') < 0) {
        return parsed;
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(text + EXPECTED, e);
    }
    throw new IllegalArgumentException(text + EXPECTED);
  }

  /** What every error of {@link #parse} ends with. */
  String EXPECTED = " (expected: unix:/path, tcp://host:port, tls://host:port or dns:host:port)";
}
