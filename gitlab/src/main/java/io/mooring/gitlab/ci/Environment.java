package io.mooring.gitlab.ci;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a job deploys to.
 *
 * @param id number in the database
 * @param name what people call it
 * @param slug short form for names in clusters
 * @param tier how much it matters
 */
record Environment(long id, String name, String slug, Tier tier) {
  private static final Pattern NAME =
      Pattern.compile("[a-zA-Z0-9_${}. -]([a-zA-Z0-9_/${}. -]{0,253}[a-zA-Z0-9_${}. -])?");

  /** Labels of Kubernetes and names in DNS must hold a slug with something before it. */
  private static final int MAX_SLUG = 24;

  private static final Pattern SLUG = Pattern.compile("[a-z]([a-z0-9-]{0,22}[a-z0-9])?");
  private static final int HEAD = 17;
  private static final int SUFFIX = 6;

  /** How much an environment matters, with the words by which its name tells so. */
  enum Tier {
    DEVELOPMENT("dev|review|trunk"),
    TESTING("test|tst|int|ac(ce|)pt|qa|qc|control|quality"),
    STAGING("st(a|)g|mod(e|)l|pre|demo|non"),
    PRODUCTION("pr(o|)d|live"),
    OTHER("");

    private final Pattern words;

    Tier(String words) {
      this.words = Pattern.compile(words, Pattern.CASE_INSENSITIVE);
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Set<String> names() {
      return Arrays.stream(values()).map(Tier::text).collect(Collectors.toUnmodifiableSet());
    }

    static Tier named(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** The tier that a name speaks of, as GitLab guesses it. */
    static Tier of(String name) {
      return Arrays.stream(values())
          .filter(tier -> tier.words.matcher(name).find())
          .findFirst()
          .orElse(OTHER);
    }
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  static boolean isSlug(String text) {
    return SLUG.matcher(text).matches();
  }

  /**
   * GitLab's slug of a name: small letters, digits and dashes, a letter first, at most 24; a name
   * that had to be changed gets the end of its digest, so that two of them stay apart.
   */
  static String slug(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-");
    String started = plain.matches("[a-z].*") ? plain : "env-" + plain;
    String squeezed = started.replaceAll("-{2,}", "-");
    if (squeezed.length() <= MAX_SLUG && squeezed.equals(name)) {
      return squeezed.endsWith("-") ? squeezed.substring(0, squeezed.length() - 1) : squeezed;
    }
    String head = squeezed.substring(0, Math.min(HEAD, squeezed.length()));
    return head + (head.endsWith("-") ? "" : "-") + digestEnd(name);
  }

  private static String digestEnd(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      String base36 = new BigInteger(1, digest).toString(36);
      return base36.substring(Math.max(0, base36.length() - SUFFIX));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What a job asks for of its environment, which need not exist yet. */
  record Wanted(String name, Optional<String> slug, Optional<Tier> tier) {}
}
