package io.mooring.protocol.transport;

import io.mooring.protocol.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What every TLS connection keeps to, client and server (wire.md 2.6). */
final class TlsRules {
  /** Nothing older than 1.2. */
  static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  /** The three suites of TLS 1.3, then the list for 1.2. */
  static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** A bundle of all public roots has about 250 KB. */
  private static final int MAX_PEM_BYTES = 4 * 1024 * 1024;

  private TlsRules() {}

  static String pem(String setting, Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_PEM_BYTES + 1);
      if (content.length > MAX_PEM_BYTES) {
        throw new SettingException(setting, file + " is larger than 4 MiB (expected: a PEM file)");
      }
      return new String(content, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new SettingException(
          setting, file + " cannot be read: " + e + " (expected: a PEM file)", e);
    }
  }
}
