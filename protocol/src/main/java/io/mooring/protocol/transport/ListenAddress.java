package io.mooring.protocol.transport;

import io.mooring.protocol.SettingException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;

/**
 * Where a listener listens: a network and an address as in the configuration (wire.md 1.1).
 *
 * @param network kind of the socket
 * @param address {@code host:port} or, for {@code unix}, a path
 */
public record ListenAddress(Network network, String address) {
  /** Kinds of sockets; the constants are named as in a configuration, in upper case. */
  public enum Network {
    /** TCP, any family. */
    TCP,
    /** TCP over IPv4. */
    TCP4,
    /** TCP over IPv6. */
    TCP6,
    /** A socket file. */
    UNIX
  }

  /** A TCP address such as {@code 127.0.0.1:0}. */
  public static ListenAddress tcp(String address) {
    return new ListenAddress(Network.TCP, address);
  }

  /**
   * Reads both settings.
   *
   * @param setting name of the setting that holds the address, for errors
   * @throws SettingException when the network is unknown or the address does not fit it
   */
  public static ListenAddress parse(String setting, String network, String address) {
    Network kind =
        switch (network) {
          case "", "tcp" -> Network.TCP;
          case "tcp4" -> Network.TCP4;
          case "tcp6" -> Network.TCP6;
          case "unix" -> Network.UNIX;
          default ->
              throw new SettingException(
                  setting, "network " + network + " (expected: tcp, tcp4, tcp6 or unix)");
        };
    var parsed = new ListenAddress(kind, address);
    if (kind == Network.UNIX && address.isEmpty()) {
      throw new SettingException(setting, "empty (expected: the path of a socket)");
    }
    if (kind != Network.UNIX) {
      try {
        HostPort.parse(address);
      } catch (IllegalArgumentException e) {
        throw new SettingException(setting, String.valueOf(e.getMessage()), e);
      }
    }
    return parsed;
  }

  /**
   * The address to bind.
   *
   * @throws UnknownHostException when the host has no address of the family
   */
  public SocketAddress socketAddress() throws UnknownHostException {
    if (network == Network.UNIX) {
      return UnixDomainSocketAddress.of(address);
    }
    HostPort endpoint = HostPort.parse(address);
    if (endpoint.host().isEmpty()) {
      return network == Network.TCP
          ? new InetSocketAddress(endpoint.port())
          : new InetSocketAddress(network == Network.TCP4 ? "0.0.0.0" : "::", endpoint.port());
    }
    for (InetAddress candidate : InetAddress.getAllByName(endpoint.host())) {
      if (network == Network.TCP
          || (network == Network.TCP4 && candidate instanceof Inet4Address)
          || (network == Network.TCP6 && candidate instanceof Inet6Address)) {
        return new InetSocketAddress(candidate, endpoint.port());
      }
    }
    throw new UnknownHostException(endpoint.host() + " has no address for " + network);
  }
}
