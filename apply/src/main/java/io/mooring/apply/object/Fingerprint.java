package io.mooring.apply.object;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Stands for a content in memory: 128 bits of its SHA-256, so that equal means equal. */
public record Fingerprint(long high, long low) {

  /** Of bytes. */
  public static Fingerprint of(byte[] content) {
    ByteBuffer digest = ByteBuffer.wrap(sha256().digest(content));
    return new Fingerprint(digest.getLong(), digest.getLong());
  }

  /** Of a tree, whatever the order of its members. */
  public static Fingerprint of(JsonObject object) {
    return of(Json.write(new JsonObject(sorted(object.members()))));
  }

  private static Map<String, @Nullable Object> sorted(Map<?, ?> map) {
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    map.forEach((name, value) -> sorted.put((String) name, sortedValue(value)));
    return sorted;
  }

  private static @Nullable Object sortedValue(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> sorted(map);
      case List<?> list -> list.stream().map(Fingerprint::sortedValue).toList();
      case null, default -> value;
    };
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
