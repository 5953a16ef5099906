package io.mooring.kas.store;

import com.google.protobuf.ByteString;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.mooring.kas.config.RedisSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store of several replicas: Redis. */
public final class RedisStore implements Store {
  private static final Logger log = LoggerFactory.getLogger(RedisStore.class);
  private static final byte[] CHANNEL = EventChannel.NAME.getBytes(StandardCharsets.UTF_8);

  // GET, then INCR and EXPIRE unless the limit is reached, with nobody in between.
  private static final String COUNT =
      """
      local count = redis.call('GET', KEYS[1])
      if count and tonumber(count) >= tonumber(ARGV[1]) then return 0 end
      redis.call('INCR', KEYS[1])
      redis.call('EXPIRE', KEYS[1], ARGV[2])
      return 1
      """;

  private final RedisLink link;
  private final RedisKeys keys;
  private final ExpiringHashes hashes;

  private RedisStore(RedisLink link, RedisKeys keys, InstantSource clock) {
    this.link = link;
    this.keys = keys;
    this.hashes = new RedisHashes(link, keys, clock);
  }

  /** A store that connects in the background. Redis need not be there yet. */
  public static RedisStore open(
      RedisSettings settings, InstantSource clock, RandomGenerator random) {
    RedisLink link =
        new RedisLink(
            RedisClients.client(settings),
            RedisClients.uri(settings),
            settings.writeTimeout(),
            clock,
            random);
    link.start();
    return new RedisStore(link, new RedisKeys(settings.keyPrefix()), clock);
  }

  @Override
  public ExpiringHashes hashes() {
    return hashes;
  }

  @Override
  public ExpiringValues values() {
    return new Values();
  }

  @Override
  public LimitedCounters counters() {
    return new Counters();
  }

  @Override
  public EventChannel events() {
    return new Events();
  }

  @Override
  public void ping() throws StoreException {
    link.run(redis -> redis.ping());
  }

  @Override
  public void onReconnect(Runnable action) {
    link.onReconnect(action);
  }

  @Override
  public void close() {
    link.close();
  }

  private final class Counters implements LimitedCounters {
    @Override
    public boolean tryIncrement(Key key, long limit, Duration ttl) throws StoreException {
      return link.<Long>run(redis -> count(redis, key, limit, ttl)) == 1;
    }

    @Override
    public CompletableFuture<Boolean> increment(Key key, long limit, Duration ttl) {
      return link.<Long>start(redis -> count(redis, key, limit, ttl))
          .thenApply(added -> added == 1);
    }

    private RedisFuture<Long> count(
        RedisAsyncCommands<byte[], byte[]> redis, Key key, long limit, Duration ttl) {
      return redis.eval(
          COUNT,
          ScriptOutputType.INTEGER,
          new byte[][] {keys.raw(key)},
          RedisKeys.text(limit),
          RedisKeys.text(ttl.toSeconds()));
    }
  }

  private final class Values implements ExpiringValues {
    @Override
    public Optional<ByteString> get(Key key) throws StoreException {
      return Optional.ofNullable(
              link.<byte @org.jspecify.annotations.Nullable []>run(
                  redis -> redis.get(keys.raw(key))))
          .map(ByteString::copyFrom);
    }

    @Override
    public void set(Key key, ByteString value, Duration ttl) throws StoreException {
      link.run(redis -> redis.set(keys.raw(key), value.toByteArray(), SetArgs.Builder.px(ttl)));
    }
  }

  private final class Events implements EventChannel {
    @Override
    public void publish(ByteString message) throws StoreException {
      link.run(redis -> redis.publish(CHANNEL, message.toByteArray()));
    }

    @Override
    public void listen(Consumer<ByteString> listener) {
      link.onListening(connection -> {
        connection.addListener(
            new RedisPubSubAdapter<byte[], byte[]>() {
              @Override
              public void message(byte[] channel, byte[] message) {
                listener.accept(ByteString.copyFrom(message));
              }
            });
        connection
            .async()
            .subscribe(CHANNEL)
            .whenComplete((done, failure) -> {
              if (failure != null) {
                log.atError().setCause(failure).log("Cannot listen to events");
              }
            });
      });
    }
  }
}
