package io.mooring.agentk.connection;

import io.grpc.Metadata;
import io.mooring.protocol.SettingException;
import java.util.Locale;

/**
 * A header that the user wants on every RPC: {@code --kas-header} (modules.md 8).
 *
 * @param name as metadata spells it: lower case
 * @param value printable ASCII
 */
public record KasHeader(String name, String value) {
  /**
   * Reads {@code Name: value}; spaces around both are dropped.
   *
   * @throws SettingException when one is empty, or no gRPC metadata can carry it
   */
  public static KasHeader parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? "" : text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    String value = colon < 0 ? "" : text.substring(colon + 1).strip();
    if (name.isEmpty() || value.isEmpty()) {
      // The value is left out: it may be a credential.
      throw new SettingException(
          "--kas-header",
          (name.isEmpty() ? "no name" : name + " has no value") + " (expected: Name: value)");
    }
    boolean printable = value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    boolean token =
        name.chars()
            .allMatch(c ->
                (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '_'
                    || c == '.');
    if (!printable
        || !token
        || name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
        || name.startsWith("grpc-")) {
      throw new SettingException(
          "--kas-header",
          name
              + " cannot be sent as gRPC metadata (expected: letters, digits, - _ . in the name, printable ASCII in the value)");
    }
    return new KasHeader(name, value);
  }

  Metadata.Key<String> key() {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** The name only: the value may be a credential. */
  @Override
  public String toString() {
    return name + ": ***";
  }
}
