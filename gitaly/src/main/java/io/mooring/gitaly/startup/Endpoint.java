package io.mooring.gitaly.startup;

import io.mooring.protocol.SettingException;
import io.mooring.protocol.transport.GitalyAddress;
import io.mooring.protocol.transport.ListenAddress;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the server listens.
 *
 * @param setting name of the setting, for errors
 * @param listen what to bind
 * @param tls whether the connection is encrypted
 */
public record Endpoint(String setting, ListenAddress listen, boolean tls) {
  /** The addresses of a configuration: {@code tcp://}, {@code tls://} and {@code unix:}. */
  public static List<Endpoint> of(List<String> addresses) {
    var endpoints = new ArrayList<Endpoint>();
    for (String address : addresses) {
      endpoints.add(parse("listen[" + endpoints.size() + "]", address));
    }
    return endpoints;
  }

  /** The socket file, if it is one. */
  public Optional<Path> socketFile() {
    return listen.network() == ListenAddress.Network.UNIX
        ? Optional.of(Path.of(listen.address()))
        : Optional.empty();
  }

  /**
   * Removes the socket file of a server that is gone. One that answers is left alone, so that
   * binding fails.
   */
  public void removeStaleSocket() {
    socketFile().filter(Files::exists).ifPresent(this::removeIfDead);
  }

  /** The address as callers write it. */
  public String address(SocketAddress bound) {
    if (bound instanceof java.net.InetSocketAddress inet) {
      String host = inet.getAddress().getHostAddress();
      return (tls ? "tls://" : "tcp://")
          + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
          + ":"
          + inet.getPort();
    }
    return "unix:" + listen.address();
  }

  private void removeIfDead(Path file) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(file));
    } catch (IOException nobody) {
      try {
        Files.delete(file);
      } catch (IOException e) {
        throw new SettingException(setting, file + " is in the way and cannot be removed: " + e, e);
      }
    }
  }

  private static Endpoint parse(String setting, String address) {
    if (address.startsWith("unix:")) {
      try {
        String path = address.substring("unix:".length());
        return new Endpoint(
            setting,
            ListenAddress.parse(setting, "unix", path.startsWith("//") ? path.substring(2) : path),
            false);
      } catch (IllegalArgumentException e) {
        throw new SettingException(setting, address + " (expected: unix:/path)", e);
      }
    }
    boolean tls = address.startsWith("tls://");
    if (!tls && !address.startsWith("tcp://")) {
      throw new SettingException(
          setting, address + GitalyAddress.EXPECTED.replace(" or dns:host:port", ""));
    }
    return new Endpoint(
        setting, ListenAddress.parse(setting, "tcp", address.substring("tcp://".length())), tls);
  }
}
