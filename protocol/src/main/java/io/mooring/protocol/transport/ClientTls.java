package io.mooring.protocol.transport;

import io.grpc.netty.GrpcSslContexts;
import io.mooring.protocol.SettingException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * How a client trusts the server it calls (wire.md 2.6). A CA file is added to the roots of the
 * system and does not replace them.
 *
 * @param caSetting name of the setting that holds the CA file, for errors
 * @param caFile PEM with one certificate or more
 * @param skipVerify accepts any certificate for any name
 */
public record ClientTls(String caSetting, Optional<Path> caFile, boolean skipVerify) {
  /** Trusts the roots of the system. */
  public static ClientTls system() {
    return new ClientTls("", Optional.empty(), false);
  }

  /** Trusts the roots of the system and those in the file, if there is one. */
  public static ClientTls with(String caSetting, Optional<Path> caFile) {
    return new ClientTls(caSetting, caFile, false);
  }

  /** For gRPC: ALPN {@code h2}. */
  public SslContext grpc() {
    return build(GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK));
  }

  /** For HTTP/1.1 in Netty: no ALPN. */
  public SslContext http() {
    return build(SslContextBuilder.forClient().sslProvider(SslProvider.JDK));
  }

  /** For the HTTP client of the JDK, which checks versions and names on its own. */
  public SSLContext java() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          null, trustManager().map(trust -> new TrustManager[] {trust}).orElse(null), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new SettingException(caSetting, "TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private SslContext build(SslContextBuilder builder) {
    try {
      trustManager().ifPresent(builder::trustManager);
      return builder.protocols(TlsRules.VERSIONS).ciphers(TlsRules.CIPHERS).build();
    } catch (SSLException e) {
      throw new SettingException(caSetting, "TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  /**
   * For other clients, such as that of Redis: what to trust when it is not the system's roots
   * alone.
   */
  public Optional<TrustManager> trustManager() {
    if (skipVerify) {
      return Optional.of(new TrustEverything());
    }
    return caFile.map(this::systemAnd);
  }

  private TrustManager systemAnd(Path file) {
    try {
      List<X509Certificate> added = Pem.certificates(TlsRules.pem(caSetting, file));
      if (added.isEmpty()) {
        throw new SettingException(caSetting, file + " holds no certificate (expected: PEM)");
      }
      KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
      roots.load(null, null);
      int count = 0;
      for (X509Certificate root : trustManager(null).getAcceptedIssuers()) {
        roots.setCertificateEntry("system-" + count++, root);
      }
      for (X509Certificate root : added) {
        roots.setCertificateEntry("added-" + count++, root);
      }
      return trustManager(roots);
    } catch (GeneralSecurityException | IOException e) {
      throw new SettingException(
          caSetting, file + " cannot be used: " + e.getMessage() + " (expected: PEM)", e);
    }
  }

  private static X509TrustManager trustManager(@org.jspecify.annotations.Nullable KeyStore roots)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(roots);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager trust) {
        return trust;
      }
    }
    throw new GeneralSecurityException("this Java runtime has no X.509 trust manager");
  }
}
