package io.mooring.agentk.flux;

import io.mooring.agentk.configuration.ConfigurationRejectedException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/** Where Flux takes notices ({@code flux.webhook_receiver_url}). */
sealed interface WebhookAddress {
  /** Of an installation of Flux as its authors mean it. */
  WebhookAddress DEFAULT = new Direct("http://webhook-receiver.flux-system.svc.cluster.local");

  /** Paths of the API server that lead to a service of the cluster. */
  Pattern SERVICE_PROXY = Pattern.compile("/api/v1/namespaces/[^/]+/services/[^/]+/proxy(?:/.*)?");

  /**
   * Reached over the network.
   *
   * @param url without a slash at its end
   */
  record Direct(String url) implements WebhookAddress {}

  /**
   * Reached through the API server, whatever host the configuration names: the agent's credentials
   * go nowhere else.
   *
   * @param path without a slash at its end
   */
  record ServiceProxy(String path) implements WebhookAddress {}

  /** Reads the setting; an empty one is the default. */
  static WebhookAddress parse(String setting) throws ConfigurationRejectedException {
    if (setting.isEmpty()) {
      return DEFAULT;
    }
    try {
      URI url =
          new URI(setting.endsWith("/") ? setting.substring(0, setting.length() - 1) : setting);
      String path = url.getRawPath() == null ? "" : url.getRawPath();
      boolean plain = url.getRawQuery() == null && url.getRawFragment() == null;
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (plain && (web || url.getScheme() == null) && SERVICE_PROXY.matcher(path).matches()) {
        return new ServiceProxy(path);
      }
      if (plain && web && url.getHost() != null && url.getRawUserInfo() == null) {
        return new Direct(url.toString());
      }
    } catch (URISyntaxException e) {
      // Refused below, with the text as it is.
    }
    throw new ConfigurationRejectedException(
        "flux.webhook_receiver_url",
        setting.contains("@") ? "a URL with credentials" : setting,
        "http(s)://host[:port][/path] without credentials, or"
            + " /api/v1/namespaces/<namespace>/services/<service>/proxy");
  }
}
