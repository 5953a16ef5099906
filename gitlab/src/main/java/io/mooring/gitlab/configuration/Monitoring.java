package io.mooring.gitlab.configuration;

import java.util.List;

/**
 * Who may read {@code /-/metrics} and {@code /-/readiness}.
 *
 * @param allowedAddresses addresses or CIDR blocks
 */
public record Monitoring(List<String> allowedAddresses) {
  public static final Monitoring DEFAULT = new Monitoring(List.of("127.0.0.0/8", "::1"));

  public Monitoring {
    allowedAddresses = List.copyOf(allowedAddresses);
  }
}
