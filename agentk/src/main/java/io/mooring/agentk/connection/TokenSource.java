package io.mooring.agentk.connection;

import io.mooring.protocol.SettingException;
import io.mooring.protocol.secret.Secret;
import io.mooring.protocol.secret.SecretFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The token to send now. Any thread; one lock, held for a look at a file of some bytes. */
final class TokenSource {
  private static final Logger LOG = LoggerFactory.getLogger(TokenSource.class);
  private static final String FLAG = "--token-file";

  private final @Nullable Path file;
  private Secret token;
  private Optional<Stamp> stamp = Optional.empty();

  /** What changes when a file does; a mounted Secret is replaced by switching a link. */
  private record Stamp(FileTime modified, long size, Optional<Object> identity) {}

  private TokenSource(@Nullable Path file, Secret token) {
    this.file = file;
    this.token = token;
  }

  /**
   * Reads the token for the first time.
   *
   * @throws SettingException when the file cannot be used
   */
  static TokenSource open(AgentToken origin) {
    return switch (origin) {
      case AgentToken.Fixed(Secret secret) -> new TokenSource(null, secret);
      case AgentToken.File(Path path) -> {
        Optional<Stamp> stamp = stamp(path);
        var source = new TokenSource(path, SecretFiles.line(FLAG, path));
        source.stamp = stamp;
        yield source;
      }
    };
  }

  /** The token; a file that cannot be read now leaves the one before. */
  synchronized Secret token() {
    if (file != null) {
      Optional<Stamp> now = stamp(file);
      if (!now.equals(stamp)) {
        stamp = now;
        try {
          Secret read = SecretFiles.line(FLAG, file);
          if (!read.equals(token)) {
            token = read;
            LOG.atInfo().log("Agent token changed");
          }
        } catch (SettingException e) {
          LOG.atWarn()
              .setCause(e)
              .log("Agent token cannot be read again, the one before stays in use");
        }
      }
    }
    return token;
  }

  private static Optional<Stamp> stamp(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          new Stamp(
              attributes.lastModifiedTime(),
              attributes.size(),
              Optional.ofNullable(attributes.fileKey())));
    } catch (IOException e) {
      // Reading the content next gives the same failure, with a message.
      return Optional.empty();
    }
  }
}
