package io.mooring.protocol.secret;

import io.mooring.protocol.SettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;

/**
 * Reads secrets from files. Every method takes the name of the setting that holds the path, and
 * throws {@link SettingException} naming it when the file cannot be used; file contents never get
 * into a message.
 */
public final class SecretFiles {
  /**
   * A secret is a key or a token; a larger file is a mistake (a certificate bundle, a core dump).
   */
  static final int MAX_BYTES = 64 * 1024;

  private SecretFiles() {}

  /**
   * The decoded content of a file in standard base64; line breaks anywhere are ignored (wire.md
   * 3.2).
   */
  public static Secret base64(String setting, Path file) {
    byte[] content = read(setting, file);
    var text = new StringBuilder(content.length);
    for (byte b : content) {
      if (b != '\n' && b != '\r') {
        text.append((char) (b & 0xff));
      }
    }
    try {
      return Secret.of(
          Base64.getDecoder().decode(text.toString().getBytes(StandardCharsets.ISO_8859_1)));
    } catch (IllegalArgumentException e) {
      // The decoder's own message quotes a byte of the secret, so it is left out.
      throw new SettingException(
          setting, file + " is not standard base64 (expected: the base64 text of a random key)");
    }
  }

  /** Like {@link #base64(String, Path)}, and the decoded secret has exactly so many bytes. */
  public static Secret base64(String setting, Path file, int bytes) {
    Secret secret = base64(setting, file);
    if (secret.length() != bytes) {
      throw new SettingException(
          setting,
          file
              + " holds a secret of "
              + secret.length()
              + " bytes (expected: base64 of exactly "
              + bytes
              + ")");
    }
    return secret;
  }

  /** The content as it is, line breaks included. */
  public static Secret verbatim(String setting, Path file) {
    return Secret.of(read(setting, file));
  }

  /** The content without white space at its ends; empty is refused. */
  public static Secret trimmed(String setting, Path file) {
    String text = new String(read(setting, file), StandardCharsets.UTF_8).strip();
    if (text.isEmpty()) {
      throw new SettingException(setting, file + " is empty (expected: a secret)");
    }
    return Secret.of(text);
  }

  /**
   * The content without one line break at its end; empty is refused (modules.md 8, {@code
   * --token-file}).
   */
  public static Secret line(String setting, Path file) {
    String text = new String(read(setting, file), StandardCharsets.UTF_8);
    if (text.endsWith("\n")) {
      text = text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1));
    }
    if (text.isEmpty()) {
      throw new SettingException(setting, file + " is empty (expected: a token in one line)");
    }
    return Secret.of(text);
  }

  private static byte[] read(String setting, Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw new SettingException(
            setting, file + " is too large for a secret (expected: at most 64 KiB)");
      }
      return content;
    } catch (NoSuchFileException e) {
      throw new SettingException(setting, file + " does not exist (expected: a readable file)", e);
    } catch (IOException e) {
      throw new SettingException(setting, file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
