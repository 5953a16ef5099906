package io.mooring.kas.routing;

import io.mooring.kas.config.Listener;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.transport.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds out by which URL other replicas reach this one (tunnel.md 4). */
public final class OwnUrl {
  /** Complete URL, used as it is. */
  static final String URL = "OWN_PRIVATE_API_URL";

  /** Range of addresses one of which is this machine's. */
  static final String CIDR = "OWN_PRIVATE_API_CIDR";

  /** {@code grpc} or {@code grpcs}. */
  static final String SCHEME = "OWN_PRIVATE_API_SCHEME";

  /** Port that goes with the range. */
  static final String PORT = "OWN_PRIVATE_API_PORT";

  /** Name in the certificates of all replicas. */
  static final String HOST = "OWN_PRIVATE_API_HOST";

  private final Map<String, String> environment;
  private final Listener listener;
  private final SocketAddress bound;

  private OwnUrl(Map<String, String> environment, Listener listener, SocketAddress bound) {
    this.environment = environment;
    this.listener = listener;
    this.bound = bound;
  }

  /**
   * The URL.
   *
   * @param listener the private API as configured
   * @param bound where it listens: the port when the configured one is 0
   * @param interfaces addresses of this machine
   * @throws SettingException naming the variable or setting that does not work
   */
  public static String detect(
      Map<String, String> environment,
      Listener listener,
      SocketAddress bound,
      List<InetAddress> interfaces) {
    return new OwnUrl(environment, listener, bound).detect(interfaces);
  }

  /**
   * The name to verify in the certificates of other replicas.
   *
   * @throws SettingException when the private API has TLS and there is none
   */
  public static Optional<String> serverName(Map<String, String> environment, Listener listener) {
    Optional<String> name =
        Optional.ofNullable(environment.get(HOST)).filter(text -> !text.isEmpty());
    if (listener.certificateFile().isPresent() && name.isEmpty()) {
      throw new SettingException(
          HOST,
          "is not set while "
              + listener.section()
              + ".certificate_file is (expected: the name in the certificates of all replicas)");
    }
    return name;
  }

  private String detect(List<InetAddress> interfaces) {
    Optional<String> url = variable(URL);
    Optional<String> cidr = variable(CIDR);
    if (url.isPresent() && cidr.isPresent()) {
      throw new SettingException(URL, "is set, and " + CIDR + " too (expected: one of them)");
    }
    if (url.isPresent()) {
      parsed(URL, url.get());
      return url.get();
    }
    if (cidr.isPresent()) {
      return scheme()
          + "://"
          + new HostPort(inRange(cidr.get(), interfaces).getHostAddress(), port());
    }
    return fromListener();
  }

  private String fromListener() {
    if (listener.network().equals("unix")) {
      return "unix://" + listener.address();
    }
    HostPort configured = HostPort.parse(listener.address());
    boolean wildcard =
        configured.host().isEmpty()
            || Cidr.literal(configured.host()).filter(InetAddress::isAnyLocalAddress).isPresent();
    if (wildcard) {
      throw new SettingException(
          URL,
          "is not set, and "
              + listener.section()
              + ".address is "
              + listener.address()
              + ", which other replicas cannot connect to (expected: "
              + URL
              + ", "
              + CIDR
              + " or an address of this machine)");
    }
    return scheme() + "://" + new HostPort(configured.host(), port());
  }

  private static InetAddress inRange(String cidr, List<InetAddress> interfaces) {
    Cidr range = parsedRange(CIDR, cidr);
    List<InetAddress> matching = interfaces.stream().filter(range::contains).distinct().toList();
    if (matching.size() != 1) {
      throw new SettingException(
          CIDR,
          cidr
              + " holds "
              + matching.size()
              + " addresses of this machine: "
              + matching.stream().map(InetAddress::getHostAddress).toList()
              + " (expected: exactly one)");
    }
    return matching.getFirst();
  }

  static Cidr parsedRange(String variable, String text) {
    try {
      return Cidr.parse(text);
    } catch (IllegalArgumentException e) {
      throw new SettingException(variable, String.valueOf(e.getMessage()), e);
    }
  }

  static PeerAddress parsed(String variable, String url) {
    try {
      return PeerAddress.parse(url);
    } catch (IllegalArgumentException e) {
      throw new SettingException(variable, String.valueOf(e.getMessage()), e);
    }
  }

  private String scheme() {
    String scheme = variable(SCHEME).orElse("grpc");
    if (!Set.of("grpc", "grpcs").contains(scheme)) {
      throw new SettingException(SCHEME, scheme + " (expected: grpc or grpcs)");
    }
    return scheme;
  }

  private int port() {
    Optional<String> text = variable(CIDR).isPresent() ? variable(PORT) : Optional.empty();
    if (text.isPresent()) {
      try {
        int port = Integer.parseInt(text.get());
        if (port >= 1 && port <= 65_535) {
          return port;
        }
      } catch (NumberFormatException e) {
        throw new SettingException(PORT, text.get() + " (expected: 1-65535)", e);
      }
      throw new SettingException(PORT, text.get() + " (expected: 1-65535)");
    }
    if (listener.network().equals("unix")) {
      throw new SettingException(
          PORT, "is not set, and the private API listens at a socket file (expected: 1-65535)");
    }
    return bound instanceof InetSocketAddress inet
        ? inet.getPort()
        : HostPort.parse(listener.address()).port();
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
  }
}
