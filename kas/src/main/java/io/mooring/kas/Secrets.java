package io.mooring.kas;

import io.mooring.kas.config.KasConfiguration;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;

/**
 * The secrets of a kas, read and judged before anything starts.
 *
 * @param gitlab signs calls to GitLab
 * @param api signs GitLab's calls to kas
 * @param privateApi signs calls between replicas
 */
record Secrets(Secret gitlab, Secret api, Secret privateApi) {
  /** What GitLab and kas demand of each other: as many bytes as HMAC-SHA256 gives. */
  private static final int BYTES = 32;

  /**
   * Reads all of them.
   *
   * @throws SettingException naming the field whose file is missing, weak, or readable by everybody
   */
  static Secrets read(KasConfiguration configuration) {
    privateFile("agent.listen.key_file", configuration.agent().listen().listener().keyFile());
    privateFile("api.listen.key_file", configuration.api().listener().keyFile());
    privateFile("private_api.listen.key_file", configuration.privateApi().listener().keyFile());
    privateFile(
        "observability.listen.key_file", configuration.observability().listener().keyFile());
    return new Secrets(
        gitlab(
            "gitlab.authentication_secret_file", configuration.gitlab().authenticationSecretFile()),
        strong(
            "api.listen.authentication_secret_file",
            configuration.api().authenticationSecretFile()),
        strong(
            "private_api.listen.authentication_secret_file",
            configuration.privateApi().authenticationSecretFile()));
  }

  private static Secret gitlab(String setting, Path file) {
    privateFile(setting, Optional.of(file));
    return SecretFiles.base64(setting, file, BYTES);
  }

  private static Secret strong(String setting, Path file) {
    privateFile(setting, Optional.of(file));
    Secret secret = SecretFiles.base64(setting, file);
    if (secret.length() < BYTES) {
      throw new SettingException(
          setting,
          file
              + " holds a secret of "
              + secret.length()
              + " bytes (expected: base64 of at least "
              + BYTES
              + ")");
    }
    return secret;
  }

  private static void privateFile(String setting, Optional<Path> file) {
    if (file.isPresent() && Files.exists(file.get()) && isReadableByAll(file.get())) {
      throw new SettingException(
          setting,
          file.get()
              + " can be read by every user of this machine (expected: a private file; chmod o-r)");
    }
  }

  private static boolean isReadableByAll(Path file) {
    try {
      return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)
          // Kubernetes mounts secrets of a Pod like this, and nobody else is there to read them.
          && !Files.getFileStore(file).type().equals("tmpfs");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
