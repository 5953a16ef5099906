package io.mooring.agentk.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.transport.HostPort;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Access made from the configuration of the client library.
 *
 * @param files from which it was made, in so far as they may change
 * @param tlsInput all that went into TLS, to see whether it changed; secret
 */
record AccessSettings(ApiAccess access, Set<Path> files, Secret tlsInput) {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  static AccessSettings read(KubernetesOptions options) {
    Config config = KubernetesSettings.config(options);
    URI server = URI.create(config.getMasterUrl());
    boolean secured = "https".equals(server.getScheme());
    if (server.getHost() == null || !(secured || "http".equals(server.getScheme()))) {
      throw new SettingException(
          "--server", config.getMasterUrl() + " (expected: https://host[:port][/path])");
    }
    String host = bare(server.getHost());
    int port = server.getPort() >= 0 ? server.getPort() : secured ? HTTPS_PORT : HTTP_PORT;
    String path = server.getRawPath().replaceFirst("/+$", "");
    Optional<ApiAccess.Tls> tls =
        secured
            ? Optional.of(tls(config, Optional.ofNullable(config.getTlsServerName()).orElse(host)))
            : Optional.empty();
    var access =
        new ApiAccess(
            new HostPort(host, port),
            server.getRawAuthority(),
            path,
            tls,
            proxy(config, host, secured),
            authorization(config),
            impersonation(config));
    return new AccessSettings(access, KubernetesSettings.files(options, config), tlsInput(config));
  }

  /** With the TLS of the other where nothing of it changed: open connections stay of use then. */
  AccessSettings sharing(AccessSettings before) {
    if (!tlsInput.equals(before.tlsInput)) {
      return this;
    }
    return new AccessSettings(
        new ApiAccess(
            access.endpoint(),
            access.host(),
            access.basePath(),
            before.access.tls(),
            access.proxy(),
            access.authorization(),
            access.impersonation()),
        files,
        tlsInput);
  }

  private static ApiAccess.Tls tls(Config config, String serverName) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      Protocol.ALPN,
                      SelectorFailureBehavior.NO_ADVERTISE,
                      SelectedListenerFailureBehavior.ACCEPT,
                      ApplicationProtocolNames.HTTP_1_1));
      KeyManager @Nullable [] keys = SSLUtils.keyManagers(config);
      if (keys != null && keys.length > 0) {
        builder.keyManager(keys[0]);
      }
      TrustManager @Nullable [] trusted = SSLUtils.trustManagers(config);
      if (trusted != null && trusted.length > 0) {
        builder.trustManager(trusted[0]);
      }
      if (config.isTrustCerts() || config.isDisableHostnameVerification()) {
        builder.endpointIdentificationAlgorithm(null);
      }
      return new ApiAccess.Tls(builder.build(), serverName);
    } catch (GeneralSecurityException | IOException e) {
      throw new SettingException(
          "--kubeconfig",
          "TLS with the API server cannot be set up: "
              + e.getMessage()
              + " (expected: PEM certificates and keys)",
          e);
    }
  }

  private static Secret tlsInput(Config config) {
    StringBuilder all = new StringBuilder();
    for (@Nullable Object part :
        new @Nullable Object[] {
          config.getMasterUrl(),
          config.getTlsServerName(),
          config.isTrustCerts(),
          config.isDisableHostnameVerification(),
          config.getCaCertData(),
          content(config.getCaCertFile()),
          config.getClientCertData(),
          content(config.getClientCertFile()),
          config.getClientKeyData(),
          content(config.getClientKeyFile())
        }) {
      all.append(part).append('\n');
    }
    return Secret.of(all.toString());
  }

  private static String content(@Nullable String file) {
    try {
      return file == null
          ? ""
          : java.nio.file.Files.readString(
              Path.of(file), java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Making the TLS context failed for the same reason, or does not need the file.
      return "";
    }
  }

  private static Optional<Secret> authorization(Config config) {
    String token =
        config.getOauthTokenProvider() != null
            ? config.getOauthTokenProvider().getToken()
            : config.getOauthToken() != null ? config.getOauthToken() : config.getAutoOAuthToken();
    if (token != null && !token.isEmpty()) {
      return Optional.of(Secret.of("Bearer " + token));
    }
    if (config.getUsername() != null && !config.getUsername().isEmpty()) {
      return Optional.of(
          Secret.of(
              HttpClientUtils.basicCredentials(
                  config.getUsername(), String.valueOf(config.getPassword()))));
    }
    return Optional.empty();
  }

  private static Map<String, List<String>> impersonation(Config config) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    if (config.getImpersonateUsername() != null && !config.getImpersonateUsername().isEmpty()) {
      headers.put(Impersonation.USER, List.of(config.getImpersonateUsername()));
    }
    if (config.getImpersonateGroups() != null && config.getImpersonateGroups().length > 0) {
      headers.put(Impersonation.GROUP, List.of(config.getImpersonateGroups()));
    }
    if (config.getImpersonateExtras() != null) {
      config
          .getImpersonateExtras()
          .forEach((key, values) -> headers.put(Impersonation.extra(key), List.copyOf(values)));
    }
    return headers;
  }

  private static Optional<ApiAccess.Proxy> proxy(Config config, String host, boolean secured) {
    String address = secured ? config.getHttpsProxy() : config.getHttpProxy();
    if (address == null || address.isEmpty() || isDirect(config, host)) {
      return Optional.empty();
    }
    URI uri = URI.create(address);
    if (uri.getHost() == null || !"http".equals(uri.getScheme())) {
      // Without the address, which may hold a password.
      throw new SettingException(
          "proxy-url", "is not usable (expected: http://[user:password@]host[:port])");
    }
    String[] user = uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
    return Optional.of(
        new ApiAccess.Proxy(
            new HostPort(bare(uri.getHost()), uri.getPort() >= 0 ? uri.getPort() : HTTP_PORT),
            user.length > 0 ? user[0] : Optional.ofNullable(config.getProxyUsername()).orElse(""),
            Secret.of(
                user.length > 1
                    ? user[1]
                    : Optional.ofNullable(config.getProxyPassword()).orElse(""))));
  }

  private static boolean isDirect(Config config, String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return config.getNoProxy() != null
        && Arrays.stream(config.getNoProxy())
            .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
            .anyMatch(entry ->
                !entry.isEmpty()
                    && (name.equals(entry)
                        || name.endsWith(entry.startsWith(".") ? entry : "." + entry)));
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
