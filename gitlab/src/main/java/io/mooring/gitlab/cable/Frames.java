package io.mooring.gitlab.cable;

import io.mooring.gitlab.http.Json;
import java.time.Instant;
import java.util.Locale;

/** What the server says, as text (gitlab-side.md 6.2). */
final class Frames {
  static final String WELCOME = "{\"type\":\"welcome\"}";

  private Frames() {}

  /** Why a connection ends. */
  enum Reason {
    UNAUTHORIZED,
    INVALID_REQUEST,
    SERVER_RESTART,
    REMOTE;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static String ping(Instant now) {
    return "{\"type\":\"ping\",\"message\":" + now.getEpochSecond() + "}";
  }

  static String disconnect(Reason reason, boolean reconnect) {
    return "{\"type\":\"disconnect\",\"reason\":\""
        + reason.text()
        + "\",\"reconnect\":"
        + reconnect
        + "}";
  }

  /** The beginning of everything about a subscription; its identifier comes back as it came. */
  static String about(String identifier) {
    return "{\"identifier\":" + Json.MAPPER.writeValueAsString(identifier) + ",";
  }

  static String confirm(String about) {
    return about + "\"type\":\"confirm_subscription\"}";
  }

  static String reject(String about) {
    return about + "\"type\":\"reject_subscription\"}";
  }

  /** A message, which is a JSON document. */
  static String message(String about, String json) {
    return about + "\"message\":" + json + "}";
  }
}
