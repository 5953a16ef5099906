package io.mooring.kas.routing;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which URLs of the index are called. Who can write to the store could put any URL there and would
 * be sent a token and requests, so an entry has to look like a replica's: no less protected than
 * this one, no address that no replica can have, and within {@link #CIDRS} when that is set.
 *
 * @param own URL of this replica
 * @param ranges where replicas are; empty means anywhere
 */
record AllowedPeers(PeerAddress own, List<Cidr> ranges) {
  /** Variable with the ranges of addresses replicas may have, separated by commas. */
  static final String CIDRS = "PEER_PRIVATE_API_CIDRS";

  AllowedPeers {
    ranges = List.copyOf(ranges);
  }

  /** By the environment of the process. */
  static AllowedPeers of(PeerAddress own, Map<String, String> environment) {
    String text = environment.getOrDefault(CIDRS, "");
    List<Cidr> ranges =
        text.isEmpty()
            ? List.of()
            : Arrays.stream(text.split(",", -1))
                .map(range -> OwnUrl.parsedRange(CIDRS, range.strip()))
                .toList();
    return new AllowedPeers(own, ranges);
  }

  /** Why a replica is not called; empty when it is. */
  Optional<String> objection(PeerAddress peer) {
    return switch (peer) {
      case PeerAddress.Unix(String path) ->
          own instanceof PeerAddress.Unix
              ? Optional.empty()
              : Optional.of("a socket file, while this replica has an address: " + path);
      case PeerAddress.Tcp tcp -> objection(tcp);
    };
  }

  private Optional<String> objection(PeerAddress.Tcp peer) {
    if (own instanceof PeerAddress.Tcp mine && mine.tls() && !peer.tls()) {
      return Optional.of("no TLS, while this replica has TLS");
    }
    Optional<InetAddress> address = Cidr.literal(peer.endpoint().host());
    if (!ranges.isEmpty()) {
      return address.filter(this::isInRange).isPresent()
          ? Optional.empty()
          : Optional.of("not an address in " + CIDRS);
    }
    return address.flatMap(this::objection);
  }

  private boolean isInRange(InetAddress address) {
    return ranges.stream().anyMatch(range -> range.contains(address));
  }

  private Optional<String> objection(InetAddress address) {
    if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
      return Optional.of("not the address of a machine");
    }
    if (address.isLinkLocalAddress()) {
      return Optional.of("a link-local address, where clouds serve credentials");
    }
    if (address.isLoopbackAddress() && !isLoopback(own)) {
      return Optional.of("a loopback address, while this replica has another");
    }
    return Optional.empty();
  }

  private static boolean isLoopback(PeerAddress address) {
    return !(address instanceof PeerAddress.Tcp tcp)
        || Cidr.literal(tcp.endpoint().host()).filter(InetAddress::isLoopbackAddress).isPresent()
        || tcp.endpoint().host().equals("localhost");
  }
}
