package io.mooring.gitlab.webhook;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** What the address of a webhook may be. Whether its host may be reached is seen when it is. */
final class WebhookUrl {
  private static final int MAX_LENGTH = 2048;

  private WebhookUrl() {}

  /** What is wrong with an address; empty when nothing is. */
  static Optional<String> problem(String url) {
    String expected = " (expected: http:// or https:// and a host, without a name or password)";
    if (url.length() > MAX_LENGTH) {
      return Optional.of("url is too long (maximum is " + MAX_LENGTH + " characters)");
    }
    try {
      URI parsed = new URI(url);
      boolean web =
          "http".equalsIgnoreCase(parsed.getScheme())
              || "https".equalsIgnoreCase(parsed.getScheme());
      return web && parsed.getHost() != null && parsed.getRawUserInfo() == null
          ? Optional.empty()
          : Optional.of("url is invalid" + expected);
    } catch (URISyntaxException e) {
      return Optional.of("url is invalid" + expected);
    }
  }

  /** The host alone: the rest of an address may hold a secret. */
  static String host(String url) {
    return Optional.ofNullable(URI.create(url).getHost()).orElse("");
  }
}
