package io.mooring.gitlab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.GitLabConfiguration.Database;
import io.mooring.gitlab.configuration.GitLabConfiguration.Http;
import io.mooring.gitlab.configuration.GitLabConfiguration.Tls;
import io.mooring.protocol.SettingException;
import io.mooring.testkit.certificates.CertificateAuthority;
import io.mooring.testkit.postgres.PostgresDatabase;
import io.mooring.testkit.postgres.RealPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The listener with a certificate of its own. */
@RealPostgres
class TlsTest {
  @TempDir Path directory;

  @Test
  void speaksTlsWithItsCertificateAndKeepsCookiesToIt(PostgresDatabase database) throws Exception {
    CertificateAuthority authority =
        CertificateAuthority.create(directory.resolve("authority"), "tests");
    CertificateAuthority.Identity identity = authority.server("gitlab", "gitlab", "IP:127.0.0.1");
    restrict(identity.key());

    Path certificate = directory.resolve("certificate.pem");
    Path key = directory.resolve("key.pem");
    copy(identity, certificate, key);

    try (RunningGitLab application =
            GitLabApplication.start(configuration(database, new Tls(certificate, key)));
        HttpClient client =
            HttpClient.newBuilder().sslContext(trusting(authority.certificate())).build()) {
      URI form = URI.create(application.url() + "/users/sign_in");
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(form).timeout(Duration.ofSeconds(30)).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(form.getScheme()).isEqualTo("https");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
      assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow()).contains("; Secure;");
      copy(authority.server("renewed", "renewed", "IP:127.0.0.1"), certificate, key);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(subject(authority.certificate(), application.port()))
                  .isEqualTo("CN=renewed"));
    }
  }

  private static void copy(CertificateAuthority.Identity identity, Path certificate, Path key)
      throws IOException {
    Files.copy(identity.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(identity.key(), key, StandardCopyOption.REPLACE_EXISTING);
    restrict(key);
  }

  /** Whom a new connection is shown. */
  private static String subject(Path authority, int port)
      throws IOException, GeneralSecurityException {
    try (var socket =
        (SSLSocket)
            trusting(authority)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  @Test
  @Tag("fault-66")
  void refusesToStartWithFilesThatCannotBeUsed(PostgresDatabase database) throws IOException {
    CertificateAuthority authority =
        CertificateAuthority.create(directory.resolve("authority"), "tests");
    CertificateAuthority.Identity identity = authority.server("gitlab", "gitlab", "IP:127.0.0.1");
    Path none = directory.resolve("none.pem");
    Path empty = Files.writeString(directory.resolve("empty.pem"), "");
    CertificateAuthority.Identity other = authority.server("other", "other", "IP:127.0.0.1");
    restrict(identity.key());
    restrict(other.key());
    restrict(empty);

    assertRefused(database, new Tls(none, identity.key()), "http.tls.certificate_file", "none.pem");
    assertRefused(database, new Tls(identity.certificate(), none), "http.tls.key_file", "none.pem");
    assertRefused(
        database, new Tls(empty, identity.key()), "http.tls.certificate_file", "empty.pem");
    assertRefused(
        database, new Tls(identity.certificate(), empty), "http.tls.key_file", "empty.pem");
    assertRefused(
        database,
        new Tls(identity.certificate(), other.key()),
        "http.tls.key_file",
        "is not the key of the certificate in " + identity.certificate());
    Files.setPosixFilePermissions(identity.key(), PosixFilePermissions.fromString("rw-r--r--"));
    assertRefused(
        database,
        new Tls(identity.certificate(), identity.key()),
        "http.tls.key_file",
        "readable by everybody");
  }

  private void assertRefused(PostgresDatabase database, Tls tls, String setting, String problem) {
    assertThatThrownBy(() -> GitLabApplication.start(configuration(database, tls)).close())
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(setting + ": ")
        .hasMessageContaining(problem);
  }

  private GitLabConfiguration configuration(PostgresDatabase database, Tls tls) {
    Path password = directory.resolve("password");
    try {
      Files.writeString(password, database.password());
      restrict(password);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return GitLabConfiguration.in(directory.resolve("data"))
        .withDatabase(
            new Database.External(database.jdbcUrl(), database.user(), Optional.of(password)))
        .withHttp(new Http("127.0.0.1", 0, List.of(), Optional.of(tls)));
  }

  private static void restrict(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static SSLContext trusting(Path certificate)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      store.setCertificateEntry(
          "root", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
