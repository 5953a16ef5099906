package io.mooring.testkit.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificateAuthorityTest {
  private static final String SERVER_USE = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_USE = "1.3.6.1.5.5.7.3.2";

  @TempDir Path directory;

  @Test
  void signsServersAndClients() throws Exception {
    var authority = CertificateAuthority.create(directory, "test-ca");
    var ca = read(authority.certificate());

    var server = read(authority.server("s", "server", "DNS:localhost").certificate());
    var client = read(authority.client("c", "/O=ops/CN=ada").certificate());

    server.verify(ca.getPublicKey());
    client.verify(ca.getPublicKey());
    assertThat(server.getExtendedKeyUsage()).containsExactly(SERVER_USE);
    assertThat(server.getSubjectAlternativeNames().toString()).contains("localhost");
    assertThat(client.getExtendedKeyUsage()).containsExactly(CLIENT_USE);
    assertThat(client.getSubjectX500Principal().getName()).isEqualTo("CN=ada,O=ops");
  }

  private static X509Certificate read(Path file) throws Exception {
    try (var pem = open(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
  }

  private static java.io.InputStream open(Path file) throws IOException {
    return Files.newInputStream(file);
  }
}
