package io.mooring.kas.config;

import io.mooring.protocol.SettingException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a server listens and with which certificate.
 *
 * @param section dotted name of the section, for messages such as {@code agent.listen.address: ...}
 * @param network {@code tcp}, {@code tcp4}, {@code tcp6} or {@code unix}
 * @param address {@code host:port}, or the path of a socket
 * @param certificateFile PEM chain; TLS is on when this and the key are there
 * @param keyFile PEM private key
 */
public record Listener(
    String section,
    String network,
    String address,
    Optional<Path> certificateFile,
    Optional<Path> keyFile) {

  /** Refuses half of a certificate. */
  public Listener {
    if (certificateFile.isPresent() && keyFile.isEmpty()) {
      throw new SettingException(
          section + ".key_file", "is not set while certificate_file is (expected: both or none)");
    }
    if (keyFile.isPresent() && certificateFile.isEmpty()) {
      throw new SettingException(
          section + ".certificate_file", "is not set while key_file is (expected: both or none)");
    }
  }

  static Listener read(Section section, String address, String whom) {
    return new Listener(
        section.path(),
        section.text(
            "network", "tcp", "Kind of address: `unix` makes `address` the path of a socket."),
        section.text("address", address, "Where " + whom + "."),
        section.optionalFile(
            "certificate_file",
            "PEM file with the certificate chain. Set together with `key_file`, TLS is on."),
        section.optionalFile("key_file", "PEM file with the private key of the certificate."));
  }
}
