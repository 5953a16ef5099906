package io.mooring.testkit.certificates;

import io.mooring.testkit.process.Command;
import io.mooring.testkit.setup.Setup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate authority in a directory of its own: issues P-256 keys and certificates as PEM
 * files that end with the directory. Not for more than one thread at a time.
 */
public final class CertificateAuthority {
  private static final String DAYS = "3650";

  private final Path directory;

  private CertificateAuthority(Path directory) {
    this.directory = directory;
  }

  /** Makes a new authority with this common name; the directory is created when it is not there. */
  public static CertificateAuthority create(Path directory, String commonName) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory, e);
    }
    Setup.provide("openssl", "openssl");
    var authority = new CertificateAuthority(directory.toAbsolutePath());
    authority.key("ca");
    authority.openssl(
        "req -x509 -new -key ca.key -days " + DAYS + " -sha256 -out ca.crt",
        "-subj",
        "/CN=" + commonName,
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign");
    return authority;
  }

  /** The authority's own certificate. */
  public Path certificate() {
    return directory.resolve("ca.crt");
  }

  /**
   * A certificate for a server.
   *
   * @param name of the files
   * @param alternativeNames as openssl writes them, such as {@code DNS:localhost} or {@code
   *     IP:127.0.0.1}
   */
  public Identity server(String name, String commonName, String... alternativeNames) {
    return issue(name, "/CN=" + commonName, "serverAuth", List.of(alternativeNames));
  }

  /**
   * A certificate for a client.
   *
   * @param name of the files
   * @param subject as openssl writes it, such as {@code /O=system:masters/CN=admin}
   */
  public Identity client(String name, String subject) {
    return issue(name, subject, "clientAuth", List.of());
  }

  /** A certificate for one that is both, such as a kubelet. */
  public Identity peer(String name, String subject, String... alternativeNames) {
    return issue(name, subject, "clientAuth,serverAuth", List.of(alternativeNames));
  }

  /** An RSA key pair without a certificate, as signers of service account tokens want it. */
  public Identity keyPair(String name) {
    openssl("genrsa -out " + name + ".key 2048");
    openssl("rsa -in " + name + ".key -pubout -out " + name + ".pub");
    return new Identity(directory.resolve(name + ".pub"), directory.resolve(name + ".key"));
  }

  private Identity issue(String name, String subject, String usage, List<String> names) {
    key(name);
    openssl("req -new -key " + name + ".key -out " + name + ".csr", "-subj", subject);
    var extensions = new StringBuilder("extendedKeyUsage=" + usage + "\n");
    if (!names.isEmpty()) {
      extensions.append("subjectAltName=").append(String.join(",", names)).append('\n');
    }
    try {
      Files.writeString(directory.resolve(name + ".ext"), extensions);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write into " + directory, e);
    }
    openssl(
        "x509 -req -in %1$s.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days %2$s -sha256 -extfile %1$s.ext -out %1$s.crt"
            .formatted(name, DAYS));
    return new Identity(directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
  }

  private void key(String name) {
    openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out " + name + ".key");
  }

  private void openssl(String words, String... more) {
    var command = new ArrayList<String>(List.of("openssl"));
    command.addAll(List.of(words.split(" ", -1)));
    command.addAll(List.of(more));
    Command.of(command).withDirectory(directory).run().orThrow();
  }

  /** A certificate (or a public key) and its private key (PKCS #8), both PEM files. */
  public record Identity(Path certificate, Path key) {}
}
