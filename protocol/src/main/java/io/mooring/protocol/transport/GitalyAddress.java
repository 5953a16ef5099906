package io.mooring.protocol.transport;

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
   * @param target what is handed to gRPC's DNS resolver
   */
  record Dns(String target) implements GitalyAddress {
    @Override
    public String toString() {
      return target;
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
      String target = rest.startsWith("//") ? rest.substring(rest.indexOf('/', 2) + 1) : rest;
      endpoint(text, target);
      return new Dns(rest.startsWith("//") ? text : "dns:///" + target);
    }
    throw new IllegalArgumentException(text + EXPECTED);
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
