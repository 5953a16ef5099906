package io.mooring.protocol.transport;

import io.grpc.netty.GrpcSslContexts;
import io.mooring.protocol.SettingException;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Certificate and key of a listener (wire.md 2.6).
 *
 * @param setting name of the setting that holds the certificate file, for errors
 * @param chain the listener's certificate, then those that lead to a root
 * @param key of the first certificate
 */
public record ServerTls(String setting, List<X509Certificate> chain, PrivateKey key) {
  /** Copies the chain. */
  public ServerTls {
    chain = List.copyOf(chain);
  }

  /**
   * Reads both files; none when neither is set.
   *
   * @param certificateSetting name of the setting that holds the certificate file
   * @param certificate path, empty when not set
   * @param keySetting name of the setting that holds the key file
   * @param key path, empty when not set
   * @throws SettingException when just one is set, or a file cannot be used
   */
  public static Optional<ServerTls> read(
      String certificateSetting, String certificate, String keySetting, String key) {
    if (certificate.isEmpty() && key.isEmpty()) {
      return Optional.empty();
    }
    if (certificate.isEmpty() || key.isEmpty()) {
      throw new SettingException(
          certificate.isEmpty() ? certificateSetting : keySetting,
          "not set, but "
              + (certificate.isEmpty() ? keySetting : certificateSetting)
              + " is (expected: both or none)");
    }
    List<X509Certificate> chain;
    try {
      chain = Pem.certificates(TlsRules.pem(certificateSetting, Path.of(certificate)));
    } catch (GeneralSecurityException e) {
      throw new SettingException(
          certificateSetting, certificate + " cannot be used: " + e.getMessage(), e);
    }
    if (chain.isEmpty()) {
      throw new SettingException(
          certificateSetting, certificate + " holds no certificate (expected: PEM)");
    }
    try {
      return Optional.of(
          new ServerTls(
              certificateSetting, chain, Pem.privateKey(TlsRules.pem(keySetting, Path.of(key)))));
    } catch (GeneralSecurityException e) {
      throw new SettingException(
          keySetting,
          key
              + " cannot be used: "
              + e.getMessage()
              + " (expected: an unencrypted private key in PEM)",
          e);
    }
  }

  /** For gRPC: ALPN {@code h2}. */
  public SslContext grpc() {
    return build(GrpcSslContexts.configure(builder(), SslProvider.JDK));
  }

  /** For gRPC and HTTP/1.1 on one port: ALPN {@code h2}, {@code http/1.1}, or none. */
  public SslContext grpcAndHttp() {
    return build(
        builder()
            .sslProvider(SslProvider.JDK)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1)));
  }

  /** For HTTP/1.1: no ALPN. */
  public SslContext http() {
    return build(builder().sslProvider(SslProvider.JDK));
  }

  /**
   * Starts a context of another kind, such as one with its own ALPN list; versions and suites are
   * set.
   */
  public SslContextBuilder builder() {
    return SslContextBuilder.forServer(key, chain)
        .protocols(TlsRules.VERSIONS)
        .ciphers(TlsRules.CIPHERS);
  }

  private SslContext build(SslContextBuilder builder) {
    try {
      // Again, because gRPC's own configuration step sets other suites.
      return builder.protocols(TlsRules.VERSIONS).ciphers(TlsRules.CIPHERS).build();
    } catch (SSLException e) {
      throw new SettingException(setting, "TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "ServerTls[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
