package io.mooring.kas.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import io.mooring.wire.redistool.ExpiringValue;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hashes in Redis whose fields hold an {@code ExpiringValue} each (redis-observability.md 2). */
final class RedisHashes implements ExpiringHashes {
  private static final Logger log = LoggerFactory.getLogger(RedisHashes.class);

  /**
   * Lua's stack takes about 8,000 values; this stays well below and keeps one script under 1 ms.
   */
  private static final int FIELDS_AT_ONCE = 500;

  private static final String PUT =
      """
      redis.call('HSET', KEYS[1], unpack(ARGV, 2))
      return redis.call('PEXPIRE', KEYS[1], ARGV[1])
      """;

  // Only what is still as it was read: another replica may have renewed it meanwhile.
  private static final String REMOVE_UNCHANGED =
      """
      local removed = 0
      for i = 1, #ARGV, 2 do
        if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
          removed = removed + redis.call('HDEL', KEYS[1], ARGV[i])
        end
      end
      return removed
      """;

  private final RedisLink link;
  private final RedisKeys keys;
  private final InstantSource clock;

  RedisHashes(RedisLink link, RedisKeys keys, InstantSource clock) {
    this.link = link;
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public void put(List<Field> fields) throws StoreException {
    Map<Key, List<Field>> byKey = new LinkedHashMap<>();
    fields.forEach(
        field -> byKey.computeIfAbsent(field.key(), key -> new ArrayList<>()).add(field));
    for (Map.Entry<Key, List<Field>> hash : byKey.entrySet()) {
      List<Field> all = hash.getValue();
      long ttl = all.stream().mapToLong(this::millisLeft).max().orElse(1);
      for (int from = 0; from < all.size(); from += FIELDS_AT_ONCE) {
        put(hash.getKey(), ttl, all.subList(from, Math.min(all.size(), from + FIELDS_AT_ONCE)));
      }
    }
  }

  private void put(Key key, long ttl, List<Field> fields) throws StoreException {
    byte[][] arguments = new byte[1 + 2 * fields.size()][];
    arguments[0] = RedisKeys.text(ttl);
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      arguments[1 + 2 * i] = field.field().toByteArray();
      arguments[2 + 2 * i] =
          ExpiringValue.newBuilder()
              .setExpiresAt(field.expiresAt().getEpochSecond())
              .setValue(field.payload())
              .build()
              .toByteArray();
    }
    eval(PUT, key, arguments);
  }

  private long millisLeft(Field field) {
    return Math.max(1, Duration.between(clock.instant(), field.expiresAt()).toMillis());
  }

  @Override
  public void remove(Key key, List<ByteString> fields) throws StoreException {
    if (!fields.isEmpty()) {
      byte[][] names = fields.stream().map(ByteString::toByteArray).toArray(byte[][]::new);
      link.run(redis -> redis.hdel(keys.raw(key), names));
    }
  }

  @Override
  public List<ByteString> read(Key key) throws StoreException {
    Scan scan = scan(key);
    removeUnchanged(key, scan.expired());
    return scan.payloads();
  }

  @Override
  public List<ByteString> names(Key key) throws StoreException {
    Scan scan = scan(key);
    removeUnchanged(key, scan.expired());
    return scan.names();
  }

  @Override
  public long length(Key key) throws StoreException {
    return link.run(redis -> redis.hlen(keys.raw(key)));
  }

  @Override
  public int collect(Key key) throws StoreException {
    return removeUnchanged(key, scan(key).expired());
  }

  /** Expired fields as they were: name and value in turn. */
  private record Scan(List<ByteString> names, List<ByteString> payloads, List<byte[]> expired) {}

  private Scan scan(Key key) throws StoreException {
    Instant now = clock.instant();
    Scan scan = new Scan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    byte[] raw = keys.raw(key);
    ScanCursor cursor = ScanCursor.INITIAL;
    do {
      ScanCursor from = cursor;
      MapScanCursor<byte[], byte[]> page = link.run(redis -> redis.hscan(raw, from));
      for (Map.Entry<byte[], byte[]> entry : page.getMap().entrySet()) {
        sort(scan, entry.getKey(), entry.getValue(), now, raw);
      }
      cursor = page;
    } while (!cursor.isFinished());
    return scan;
  }

  private static void sort(Scan scan, byte[] field, byte[] content, Instant now, byte[] key) {
    try {
      ExpiringValue value = ExpiringValue.parseFrom(content);
      if (value.getExpiresAt() < now.getEpochSecond()) {
        scan.expired().add(field);
        scan.expired().add(content);
      } else {
        scan.names().add(ByteString.copyFrom(field));
        scan.payloads().add(value.getValue());
      }
    } catch (InvalidProtocolBufferException e) {
      log.atWarn()
          .addKeyValue("redis_key", Base64.getEncoder().encodeToString(key))
          .setCause(e)
          .log("Skipped an unreadable entry");
    }
  }

  private int removeUnchanged(Key key, List<byte[]> expired) throws StoreException {
    int removed = 0;
    for (int from = 0; from < expired.size(); from += 2 * FIELDS_AT_ONCE) {
      List<byte[]> some =
          expired.subList(from, Math.min(expired.size(), from + 2 * FIELDS_AT_ONCE));
      removed += (int) eval(REMOVE_UNCHANGED, key, some.toArray(byte[][]::new));
    }
    return removed;
  }

  private long eval(String script, Key key, byte[][] arguments) throws StoreException {
    return link.<Long>run(redis ->
        redis.eval(script, ScriptOutputType.INTEGER, new byte[][] {keys.raw(key)}, arguments));
  }
}
