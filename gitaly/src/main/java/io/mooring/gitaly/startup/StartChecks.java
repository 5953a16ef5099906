package io.mooring.gitaly.startup;

import io.mooring.gitaly.configuration.GitalyConfiguration;
import io.mooring.gitaly.configuration.GitalyConfiguration.StorageFolder;
import io.mooring.gitaly.storage.Storage;
import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import io.mooring.protocol.transport.ServerTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns settings into what they stand for, or refuses to start (fault 66). Secrets in files that
 * everybody on the machine can read are refused, and so are short ones.
 */
public final class StartChecks {
  /** A shorter secret can be guessed from one signed call. */
  static final int MIN_SECRET = 32;

  private StartChecks() {}

  /** The storages; each folder is there and can be used. */
  public static List<Storage> storages(GitalyConfiguration configuration) {
    var storages = new ArrayList<Storage>();
    for (int i = 0; i < configuration.storages().size(); i++) {
      StorageFolder folder = configuration.storages().get(i);
      String setting = "storages[" + i + "].path";
      if (!Files.isDirectory(folder.path())) {
        throw new SettingException(
            setting, folder.path() + " is not there (expected: a folder; make it and try again)");
      }
      if (!Files.isReadable(folder.path()) || !Files.isWritable(folder.path())) {
        throw new SettingException(
            setting,
            folder.path()
                + " cannot be read and written (expected: a folder of the user who runs the server)");
      }
      try {
        storages.add(new Storage(folder.name(), folder.path().toRealPath()));
      } catch (IOException e) {
        throw new SettingException(setting, folder.path() + " cannot be used: " + e, e);
      }
    }
    return storages;
  }

  /** The token that callers sign with. */
  public static Optional<Secret> token(GitalyConfiguration configuration) {
    return configuration
        .authentication()
        .tokenFile()
        .map(file -> secret("authentication.token_file", file));
  }

  /** The secret shared with GitLab: the text of a file. */
  public static Secret secret(String setting, Path file) {
    refuseWorldReadable(setting, file);
    Secret secret = SecretFiles.trimmed(setting, file);
    if (secret.length() < MIN_SECRET) {
      throw new SettingException(
          setting,
          file
              + " holds a secret of "
              + secret.length()
              + " bytes (expected: at least "
              + MIN_SECRET
              + "; make one with: openssl rand -base64 48)");
    }
    return secret;
  }

  /** Certificate and key. */
  public static Optional<ServerTls> tls(GitalyConfiguration configuration) {
    return configuration
        .tls()
        .flatMap(files -> {
          refuseWorldReadable("tls.key_file", files.keyFile());
          return ServerTls.read(
              "tls.certificate_file",
              files.certificateFile().toString(),
              "tls.key_file",
              files.keyFile().toString());
        });
  }

  private static void refuseWorldReadable(String setting, Path file) {
    try {
      if (Files.exists(file)
          && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        throw new SettingException(
            setting,
            file
                + " can be read by everybody on this machine (expected: mode 0600; run: chmod 600 "
                + file
                + ")");
      }
    } catch (UnsupportedOperationException e) {
      // A file system without such permissions; nothing can be said.
    } catch (IOException e) {
      throw new SettingException(setting, file + " cannot be looked at: " + e, e);
    }
  }
}
