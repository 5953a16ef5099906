package io.mooring.allinone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;

/**
 * The loopback ports of one stack: the usual one where it is free, else any other, and never the
 * same twice.
 */
final class Ports {

  private final Set<Integer> given = new HashSet<>();
  private final Progress progress;

  Ports(Progress progress) {
    this.progress = progress;
  }

  /** The usual port of {@code what}; when it is in use that is said and a free one is taken. */
  int preferably(int usual, String what) {
    if (given.add(usual) && isFree(usual)) {
      return usual;
    }
    int free = free();
    progress.say("port %d is in use; %s takes %d", usual, what, free);
    return free;
  }

  /** Any free port. */
  int free() {
    while (true) {
      try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (given.add(probe.getLocalPort())) {
          return probe.getLocalPort();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("no free port on loopback", e);
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException inUse) {
      return false;
    }
  }
}
