package io.mooring.protocol.websocket;

import io.mooring.protocol.SettingException;
import java.util.Locale;
import java.util.Set;

/**
 * A header that the user wants in the handshake: {@code --kas-header} (wire.md 2.1). It is not sent
 * with the RPCs inside the WebSocket.
 *
 * @param name in any case
 * @param value may be a credential; never shown
 */
public record HandshakeHeader(String name, String value) {
  private static final Set<String> OURS =
      Set.of(
          "host",
          "connection",
          "upgrade",
          "content-length",
          "transfer-encoding",
          "sec-websocket-key",
          "sec-websocket-version",
          "sec-websocket-protocol",
          "sec-websocket-extensions");

  /**
   * Refuses what the handshake itself decides.
   *
   * @throws SettingException naming the header
   */
  public HandshakeHeader {
    if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
      throw new SettingException(
          "--kas-header", name + " belongs to the WebSocket handshake (expected: another header)");
    }
  }

  /** The name only. */
  @Override
  public String toString() {
    return name + ": ***";
  }
}
