package io.mooring.protocol.jwt;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mooring.protocol.secret.Secret;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gitaly's token, version 2: {@code Bearer v2.<hex of HMAC-SHA256(secret, ts)>.<ts>} with {@code
 * ts} the decimal Unix time in seconds (wire.md 3.5, gitlab-side.md 8.1). Made anew for every RPC.
 */
public final class GitalyToken {
  /** A token whose time is farther away than this, either way, is refused. */
  public static final Duration TOLERANCE = Duration.ofSeconds(30);

  // A timestamp of more than 18 digits would not fit a long.
  private static final Pattern HEADER =
      Pattern.compile("[Bb]earer v2\\.([0-9a-f]{64})\\.([0-9]{1,18})");

  private static final Pattern ANY_BEARER = Pattern.compile("[Bb]earer \\S+");

  private GitalyToken() {}

  /** Outcome of looking at an {@code authorization} header. */
  public enum Verdict {
    /** Signed with the secret, and fresh. */
    ACCEPTED,
    /** No bearer token at all: {@code UNAUTHENTICATED}, "authentication required". */
    MISSING,
    /**
     * Another version, another secret, or too old: {@code PERMISSION_DENIED}, "permission denied".
     */
    REFUSED
  }

  /** Value of the {@code authorization} metadata at this time. */
  public static String header(Secret secret, Instant now) {
    String time = Long.toString(now.getEpochSecond());
    return "Bearer v2." + hex(secret, time) + "." + time;
  }

  /** Judges the value of an {@code authorization} header; an absent one is the empty text. */
  public static Verdict verify(Secret secret, String header, Instant now) {
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()) {
      return ANY_BEARER.matcher(header).matches() ? Verdict.REFUSED : Verdict.MISSING;
    }
    String time = matcher.group(2);
    boolean signed =
        MessageDigest.isEqual(
            hex(secret, time).getBytes(US_ASCII), matcher.group(1).getBytes(US_ASCII));
    Instant made =
        Instant.ofEpochSecond(Math.min(Long.parseLong(time), Instant.MAX.getEpochSecond()));
    boolean fresh = Duration.between(made, now).abs().compareTo(TOLERANCE) <= 0;
    return signed && fresh ? Verdict.ACCEPTED : Verdict.REFUSED;
  }

  private static String hex(Secret secret, String time) {
    return HexFormat.of().formatHex(JwtAlgorithm.HS256.sign(secret, time.getBytes(US_ASCII)));
  }
}
