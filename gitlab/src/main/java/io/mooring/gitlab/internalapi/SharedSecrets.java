package io.mooring.gitlab.internalapi;

import io.mooring.gitlab.configuration.GitLabConfiguration;
import io.mooring.gitlab.configuration.SecretFile;
import io.mooring.protocol.jwt.JwtVerifier;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The secrets that GitLab shares with kas and with Gitaly. A file that is missing is made, readable
 * by its owner only, as GitLab does at its first start (gitlab-side.md 1.2).
 *
 * @param kas 32 bytes, for both directions
 * @param gitaly text that signs the questions of hooks
 * @param clock by which tokens are valid
 */
public record SharedSecrets(Secret kas, Secret gitaly, InstantSource clock) {
  private static final int KAS_BYTES = 32;

  /** Reads the files, or makes them. */
  public static SharedSecrets load(
      GitLabConfiguration configuration, RandomGenerator random, InstantSource clock) {
    Path kas = configuration.kas().secretFile();
    Path gitaly = configuration.gitaly().hookSecretFile();
    make("kas.secret_file", kas, random);
    make("gitaly.hook_secret_file", gitaly, random);
    return new SharedSecrets(
        SecretFiles.base64("kas.secret_file", kas, KAS_BYTES),
        SecretFiles.trimmed("gitaly.hook_secret_file", gitaly),
        clock);
  }

  /** Checks tokens of kas. */
  JwtVerifier kasVerifier() {
    return new JwtVerifier(kas, Optional.empty(), Optional.of("gitlab-kas"), clock);
  }

  /** Checks tokens of Gitaly's hooks. */
  JwtVerifier gitalyVerifier() {
    return new JwtVerifier(gitaly, Optional.empty(), Optional.of("gitlab-shell"), clock);
  }

  private static void make(String setting, Path file, RandomGenerator random) {
    if (!Files.exists(file)) {
      byte[] secret = new byte[KAS_BYTES];
      random.nextBytes(secret);
      try {
        SecretFile.create(file, Base64.getEncoder().encodeToString(secret));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write the secret " + file, e);
      }
    }
    SecretFile.requirePrivate(setting, file);
  }
}
