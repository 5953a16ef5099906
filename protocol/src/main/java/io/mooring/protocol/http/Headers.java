package io.mooring.protocol.http;

import io.mooring.wire.prototool.Values;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * HTTP headers of one message: canonical names ({@code Content-Type}), each with its values in
 * order. Names that differ only in case are one name, because the receiver looks them up by exact
 * text (tunnel.md 6.5).
 */
public final class Headers {
  /** Headers that speak of one connection only (tunnel.md 6.4, RFC 9110 7.6.1). */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "Connection",
          "Proxy-Connection",
          "Keep-Alive",
          "Proxy-Authenticate",
          "Proxy-Authorization",
          "Te",
          "Trailer",
          "Transfer-Encoding",
          "Upgrade");

  private final Map<String, List<String>> values;

  private Headers(Map<String, List<String>> values) {
    this.values = values;
  }

  /** Collects headers in any case; values of names that are the same follow each other. */
  public static final class Builder {
    private final Map<String, List<String>> values = new LinkedHashMap<>();

    private Builder() {}

    /** Adds one value. */
    public Builder add(String name, String value) {
      values.computeIfAbsent(canonical(name), ignored -> new ArrayList<>()).add(value);
      return this;
    }

    /** What was added. */
    public Headers build() {
      Map<String, List<String>> copy = new LinkedHashMap<>();
      values.forEach((name, list) -> copy.put(name, List.copyOf(list)));
      return new Headers(copy);
    }
  }

  /** No headers yet. */
  public static Builder builder() {
    return new Builder();
  }

  /** Headers out of a message, their names made canonical. */
  public static Headers of(Map<String, Values> wire) {
    Builder builder = builder();
    wire.forEach((name, list) -> list.getValueList().forEach(value -> builder.add(name, value)));
    return builder.build();
  }

  /** Headers for a message. */
  public Map<String, Values> wire() {
    Map<String, Values> wire = new LinkedHashMap<>();
    values.forEach((name, list) -> wire.put(name, Values.newBuilder().addAllValue(list).build()));
    return wire;
  }

  /** Names with their values, in order. */
  public Map<String, List<String>> asMap() {
    return java.util.Collections.unmodifiableMap(values);
  }

  /** All values of a name in any case; empty when there are none. */
  public List<String> all(String name) {
    return values.getOrDefault(canonical(name), List.of());
  }

  /** The first value of a name in any case. */
  public Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  /** Whether this exchange asks for, or agrees to, another protocol. */
  public boolean isUpgrade() {
    return values.containsKey("Upgrade");
  }

  /**
   * Without what concerns one connection only: everything that {@code Connection} names, then the
   * hop-by-hop headers; an {@code Upgrade} is put back with {@code Connection: upgrade} (tunnel.md
   * 6.4).
   */
  public Headers cleaned() {
    Set<String> dropped = new HashSet<>(HOP_BY_HOP);
    for (String list : all("Connection")) {
      for (String name : list.split(",", -1)) {
        dropped.add(canonical(name.strip()));
      }
    }
    Map<String, List<String>> kept = new LinkedHashMap<>(values);
    kept.keySet().removeAll(dropped);
    if (isUpgrade()) {
      kept.put("Upgrade", all("Upgrade"));
      kept.put("Connection", List.of("upgrade"));
    }
    return new Headers(kept);
  }

  /** Without these names, in any case. */
  public Headers without(String... names) {
    Map<String, List<String>> kept = new LinkedHashMap<>(values);
    for (String name : names) {
      kept.remove(canonical(name));
    }
    return new Headers(kept);
  }

  /** With this as the only value of the name. */
  public Headers with(String name, String value) {
    Map<String, List<String>> changed = new LinkedHashMap<>(values);
    changed.put(canonical(name), List.of(value));
    return new Headers(changed);
  }

  /**
   * The canonical form: the first letter and letters after a hyphen in upper case, the rest in
   * lower case. A name with a space, or a character that no header name may have, stays as it is
   * (as the original's library does).
   */
  public static String canonical(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!isToken(name.charAt(i))) {
        return name;
      }
    }
    char[] chars = name.toLowerCase(Locale.ROOT).toCharArray();
    boolean upper = true;
    for (int i = 0; i < chars.length; i++) {
      if (upper && chars[i] >= 'a' && chars[i] <= 'z') {
        chars[i] = (char) (chars[i] - ('a' - 'A'));
      }
      upper = chars[i] == '-';
    }
    return new String(chars);
  }

  /** Characters of a token, RFC 9110 5.6.2. */
  private static boolean isToken(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Headers headers && values.equals(headers.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** The names only: values may be credentials. */
  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
