package io.mooring.kas.store;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.mooring.testkit.redis.RedisServer;
import java.util.List;

/** Redis as its bytes are, to compare with what a kas of the original writes. */
public final class RawRedis implements AutoCloseable {
  private final RedisClient client;
  private final StatefulRedisConnection<byte[], byte[]> connection;

  /** Connects. */
  public RawRedis(RedisServer server) {
    client = RedisClient.create(server.uri().toString());
    connection = client.connect(ByteArrayCodec.INSTANCE);
  }

  /** Commands, with bytes for keys and values. */
  public RedisCommands<byte[], byte[]> commands() {
    return connection.sync();
  }

  /** All keys, each byte one character. */
  public List<String> keys() {
    return commands().keys("*").stream().map(RawRedis::text).sorted().toList();
  }

  /** Each byte one character. */
  public static String text(byte[] bytes) {
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** Each character one byte. */
  public static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown(0, 2, java.util.concurrent.TimeUnit.SECONDS);
  }
}
