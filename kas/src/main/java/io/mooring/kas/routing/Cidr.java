package io.mooring.kas.routing;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A range of IP addresses.
 *
 * @param address any address in it
 * @param bits how many leading bits are common to all of its addresses
 */
record Cidr(InetAddress address, int bits) {
  /**
   * Reads {@code 10.0.0.0/8} or {@code fd00::/8}.
   *
   * @throws IllegalArgumentException with the offending text
   */
  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    Optional<InetAddress> address =
        slash < 0 ? Optional.empty() : literal(text.substring(0, slash));
    if (address.isEmpty()) {
      throw new IllegalArgumentException(text + " (expected: <address>/<bits>, as in 10.0.0.0/8)");
    }
    int most = address.get().getAddress().length * 8;
    try {
      int bits = Integer.parseInt(text.substring(slash + 1));
      if (bits >= 0 && bits <= most) {
        return new Cidr(address.get(), bits);
      }
      throw new IllegalArgumentException(text + " (expected: at most " + most + " bits)");
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(text + " (expected: a number of bits after the slash)", e);
    }
  }

  /** The address, when the text is one; names are not looked up. */
  static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  boolean contains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] theirs = other.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >>> (bit % 8);
      if (((mine[bit / 8] ^ theirs[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
