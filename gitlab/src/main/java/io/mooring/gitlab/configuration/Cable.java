package io.mooring.gitlab.configuration;

import io.mooring.protocol.SettingException;
import java.util.List;

/**
 * The WebSockets of pages.
 *
 * @param allowedOrigins origins beside the application's own whose pages may connect, such as
 *     {@code https://pages.example.com}
 * @param maxConnections of this replica
 */
public record Cable(List<String> allowedOrigins, int maxConnections) {
  public static final Cable DEFAULT = new Cable(List.of(), 20_000);

  public Cable {
    allowedOrigins = List.copyOf(allowedOrigins);
    if (maxConnections < 1 || maxConnections > 200_000) {
      throw new SettingException("cable.max_connections", maxConnections + " (expected: 1-200000)");
    }
  }
}
