package io.mooring.testkit.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Made-up secrets that a test hands to a program and then looks for in everything the program gives
 * out, as they are and in the usual encodings.
 */
public final class Canaries {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 18;

  /** A Base64 text shows a secret inside a longer one in three ways, by its place modulo 3. */
  private static final int BASE64_GROUP = 3;

  private final Map<String, String> secrets = new ConcurrentHashMap<>();

  /** No secrets yet. */
  public Canaries() {}

  /**
   * A new secret.
   *
   * @param what it is, for the message when it is found
   * @param prefix that a program may want to see, such as {@code glagent-}
   */
  public String secret(String what, String prefix) {
    var bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    String secret = prefix + HexFormat.of().formatHex(bytes);
    secrets.put(what, secret);
    return secret;
  }

  /** Also look for this secret, which came from elsewhere. */
  public void add(String what, String secret) {
    secrets.put(what, secret);
  }

  /**
   * Fails when a secret is in the text.
   *
   * @param where the text is from, for the message
   * @throws AssertionError naming the secret by what it is, with its place in the text
   */
  public void assertAbsent(String where, String text) {
    secrets.forEach((what, secret) ->
        shapes(secret)
            .filter(text::contains)
            .findFirst()
            .ifPresent(shape -> {
              throw new AssertionError(
                  "%s is in %s at character %d".formatted(what, where, text.indexOf(shape)));
            }));
  }

  /** Fails when a secret is in a file below the directory. */
  public void assertAbsentBelow(Path directory) {
    List<Path> files;
    try (var all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + directory, e);
    }
    for (Path file : files) {
      try {
        assertAbsent(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }
  }

  private static Stream<String> shapes(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    var plain =
        Stream.of(
            secret,
            URLEncoder.encode(secret, StandardCharsets.UTF_8),
            HexFormat.of().formatHex(bytes));
    return Stream.concat(plain, Stream.of(0, 1, 2).map(offset -> base64(bytes, offset)));
  }

  /** The part of the Base64 text that depends on the secret alone. */
  private static String base64(byte[] secret, int offset) {
    int skipped = (BASE64_GROUP - offset) % BASE64_GROUP;
    int whole = (secret.length - skipped) / BASE64_GROUP * BASE64_GROUP;
    var middle = new byte[whole];
    System.arraycopy(secret, skipped, middle, 0, whole);
    return Base64.getEncoder().encodeToString(middle);
  }
}
