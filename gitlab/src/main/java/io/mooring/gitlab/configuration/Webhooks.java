package io.mooring.gitlab.configuration;

import io.mooring.protocol.SettingException;
import java.util.List;

/**
 * Whom webhooks may call, and what is kept of the calls.
 *
 * @param allowedAddresses addresses or CIDR blocks that may be called although they are not public,
 *     such as {@code 10.0.0.0/8}
 * @param retentionDays after which a delivery is forgotten
 */
public record Webhooks(List<String> allowedAddresses, int retentionDays) {
  private static final int MOST_DAYS = 365;
  public static final Webhooks DEFAULT = new Webhooks(List.of(), 7);

  public Webhooks {
    allowedAddresses = List.copyOf(allowedAddresses);
    if (retentionDays < 1 || retentionDays > MOST_DAYS) {
      throw new SettingException(
          "webhooks.retention_days", retentionDays + " (expected: 1-" + MOST_DAYS + ")");
    }
  }
}
