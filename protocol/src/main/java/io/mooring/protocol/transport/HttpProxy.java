package io.mooring.protocol.transport;

import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * An HTTP proxy that opens a way through with {@code CONNECT}.
 *
 * @param endpoint where it listens; the port defaults to 80, with TLS to 443
 * @param tls whether the proxy itself is reached by TLS
 * @param credentials who asks, where the proxy wants to know
 */
public record HttpProxy(HostPort endpoint, boolean tls, Optional<Credentials> credentials) {
  private static final String EXPECTED =
      " (expected: http://[user:password@]host[:port] or https://...)";

  /**
   * Reads an address; without a scheme it is {@code http}.
   *
   * @param setting name of the variable, for the error
   * @throws SettingException when it is no address of an HTTP proxy; without the address, which may
   *     hold a password
   */
  public static HttpProxy parse(String setting, String text) {
    URI uri;
    try {
      uri = new URI(text.contains("://") ? text : "http://" + text);
    } catch (URISyntaxException e) {
      // Neither the text nor the cause, which quotes it.
      throw new SettingException(setting, "not a URL" + EXPECTED);
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new SettingException(setting, "has the scheme " + scheme + EXPECTED);
    }
    String host = uri.getHost();
    if (host == null) {
      throw new SettingException(setting, "has no host" + EXPECTED);
    }
    boolean tls = scheme.equals("https");
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
    if (port > 65535) {
      throw new SettingException(setting, "has the port " + port + EXPECTED);
    }
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new HttpProxy(
        new HostPort(bare, port),
        tls,
        Optional.ofNullable(uri.getRawUserInfo()).map(Credentials::parse));
  }

  /** Value of {@code Proxy-Authorization}. */
  public Optional<Secret> authorization() {
    return credentials.map(Credentials::basic);
  }

  /**
   * Name and password for the proxy.
   *
   * @param user without a colon
   * @param password empty where none is given
   */
  public record Credentials(String user, Secret password) {
    private Secret basic() {
      String plain = user + ":" + password.text();
      return Secret.of(
          "Basic " + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8)));
    }

    /** Not the name either. */
    @Override
    public String toString() {
      return "***";
    }

    private static Credentials parse(String userInfo) {
      int colon = userInfo.indexOf(':');
      return new Credentials(
          decoded(colon < 0 ? userInfo : userInfo.substring(0, colon)),
          Secret.of(colon < 0 ? "" : decoded(userInfo.substring(colon + 1))));
    }
  }

  private static String decoded(String text) {
    // A plus is a plus here, unlike in a form.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
