package io.mooring.gitlab.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.springframework.security.web.util.matcher.IpAddressMatcher;

/**
 * Which addresses webhooks may reach: public ones, and those that the operator allows. Whoever may
 * make a webhook could otherwise make this application call its neighbours. A name is looked up
 * once, and only addresses that passed are connected to, so a name that changes its answer gains
 * nothing. Thread-safe.
 */
final class AddressGuard {
  /** What no public host has (IANA's special-purpose registries), beside what Java knows. */
  private static final List<IpAddressMatcher> SPECIAL =
      matchers(
          List.of(
              "0.0.0.0/8",
              "100.64.0.0/10",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "240.0.0.0/4",
              "::/96",
              "64:ff9b::/96",
              "64:ff9b:1::/48",
              "100::/64",
              "2001::/23",
              "2001:db8::/32",
              "2002::/16",
              "fc00::/7",
              "fec0::/10"));

  private final List<IpAddressMatcher> allowed;

  /** Allows these addresses or CIDR blocks beside public ones. */
  AddressGuard(List<String> allowedAddresses) {
    allowed = matchers(allowedAddresses);
  }

  /** Whether an address may be connected to. */
  boolean permits(InetAddress address) {
    return isPublic(address)
        || allowed.stream().anyMatch(matcher -> matcher.matches(address.getHostAddress()));
  }

  /**
   * The addresses of a host that may be connected to.
   *
   * @throws UnknownHostException when it has none, or none that may be
   */
  InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] permitted =
        Arrays.stream(InetAddress.getAllByName(host))
            .filter(this::permits)
            .toArray(InetAddress[]::new);
    if (permitted.length == 0) {
      // Without the address: it would tell of names inside the operator's network.
      throw new UnknownHostException(
          host
              + " has no address that may be called (expected: a public one, or one of the"
              + " administrator's webhooks.allowed_addresses)");
    }
    return permitted;
  }

  private static boolean isPublic(InetAddress address) {
    return !address.isAnyLocalAddress()
        && !address.isLoopbackAddress()
        && !address.isLinkLocalAddress()
        && !address.isSiteLocalAddress()
        && !address.isMulticastAddress()
        && SPECIAL.stream().noneMatch(matcher -> matcher.matches(address.getHostAddress()));
  }

  private static List<IpAddressMatcher> matchers(List<String> blocks) {
    return blocks.stream().map(IpAddressMatcher::new).toList();
  }
}
