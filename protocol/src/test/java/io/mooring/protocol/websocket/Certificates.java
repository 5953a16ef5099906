package io.mooring.protocol.websocket;

import io.mooring.protocol.transport.ServerTls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An authority of the tests, and a server certificate from it for this machine. */
final class Certificates {
  private final X509Bundle authority;

  Certificates() {
    try {
      authority =
          new CertificateBuilder()
              .algorithm(CertificateBuilder.Algorithm.ecp256)
              .subject("CN=authority of the tests")
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** For localhost and 127.0.0.1. */
  ServerTls server() {
    try {
      X509Bundle leaf =
          new CertificateBuilder()
              .algorithm(CertificateBuilder.Algorithm.ecp256)
              .subject("CN=server of the tests")
              .addSanDnsName("localhost")
              .addSanDnsName("kas.example.com")
              .addSanIpAddress("127.0.0.1")
              .buildIssuedBy(authority);
      return new ServerTls(
          "certificate_file", List.of(leaf.getCertificate()), leaf.getKeyPair().getPrivate());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The authority's certificate in a file. */
  Path file(Path directory) throws IOException {
    return Files.writeString(directory.resolve("ca.pem"), authority.getCertificatePEM());
  }
}
