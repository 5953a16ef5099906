package io.mooring.kas;

import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.mooring.kas.store.RawRedis;
import io.mooring.testkit.redis.RedisServer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Hears what goes over the channel that the replicas share. */
final class RawListener implements AutoCloseable {
  private final RedisClient client;

  RawListener(RedisServer redis, Consumer<byte[]> listener) {
    client = RedisClient.create(redis.uri().toString());
    StatefulRedisPubSubConnection<byte[], byte[]> connection =
        client.connectPubSub(ByteArrayCodec.INSTANCE);
    connection.addListener(
        new RedisPubSubAdapter<byte[], byte[]>() {
          @Override
          public void message(byte[] channel, byte[] message) {
            listener.accept(message);
          }
        });
    connection.sync().subscribe(RawRedis.bytes("kas_events"));
  }

  @Override
  public void close() {
    client.shutdown(0, 2, TimeUnit.SECONDS);
  }
}
