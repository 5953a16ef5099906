package io.mooring.agentk.flux;

/** Names of the objects that belong to a GitRepository (modules.md 2.2). */
final class ObjectNames {
  /** Longest name of a Secret. */
  static final int MAX_SECRET = 253;

  /** Longest name that Flux gives a Receiver. */
  static final int MAX_RECEIVER = 63;

  private static final String PREFIX = "gitlab-";

  private ObjectNames() {}

  static String secret(String repository) {
    return cut(PREFIX + "receiver-" + repository, MAX_SECRET);
  }

  /** What the Secret was called by agents of long ago. */
  static String oldSecret(String repository) {
    return cut(PREFIX + repository, MAX_SECRET);
  }

  static String receiver(String repository) {
    return cut(PREFIX + repository, MAX_RECEIVER);
  }

  /** What is too long is cut; a name that then ends wrongly ends with {@code -x}. */
  static String cut(String name, int longest) {
    if (name.length() <= longest) {
      return name;
    }
    String cut = name.substring(0, longest);
    if (isAlphanumeric(cut.charAt(longest - 1))) {
      return cut;
    }
    String start = cut.substring(0, longest - 2);
    // The original's "-x" is no name after a dot; it fails there, so nobody expects it.
    return start + (start.endsWith(".") ? "xx" : "-x");
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  }
}
