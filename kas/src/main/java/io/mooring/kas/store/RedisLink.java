package io.mooring.kas.store;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.mooring.protocol.backoff.Backoff;
import io.mooring.protocol.backoff.BackoffPolicy;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two connections to Redis: one for commands of all threads, one that listens. A virtual thread
 * opens them and keeps trying while Redis is not there at start; afterwards the client renews them
 * by itself. While there is no connection commands fail at once: nothing queues up for a Redis that
 * is gone.
 */
final class RedisLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(2);

  private final RedisClient client;
  private final RedisURI uri;
  private final Duration commandLimit;
  private final Backoff backoff;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Runnable> reconnectActions = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Consumer<StatefulRedisPubSubConnection<byte[], byte[]>>> subscribers =
      new ArrayList<>();
  private final Thread opener;
  private volatile @Nullable StatefulRedisConnection<byte[], byte[]> commands;
  private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> listening;

  RedisLink(
      RedisClient client,
      RedisURI uri,
      Duration commandLimit,
      InstantSource clock,
      RandomGenerator random) {
    this.client = client;
    this.uri = uri;
    this.commandLimit = commandLimit;
    this.backoff = new Backoff(BackoffPolicy.SUBSCRIPTION, clock, random);
    this.opener = Thread.ofVirtual().name("redis-connect").unstarted(this::open);
  }

  /** Begins to connect. */
  void start() {
    opener.start();
  }

  void onReconnect(Runnable action) {
    reconnectActions.add(action);
  }

  /** Hands over the listening connection once it is there. */
  void onListening(Consumer<StatefulRedisPubSubConnection<byte[], byte[]>> subscriber) {
    StatefulRedisPubSubConnection<byte[], byte[]> connection;
    lock.lock();
    try {
      subscribers.add(subscriber);
      connection = listening;
    } finally {
      lock.unlock();
    }
    if (connection != null) {
      subscriber.accept(connection);
    }
  }

  private void listening(StatefulRedisPubSubConnection<byte[], byte[]> connection) {
    List<Consumer<StatefulRedisPubSubConnection<byte[], byte[]>>> early;
    lock.lock();
    try {
      listening = connection;
      early = List.copyOf(subscribers);
    } finally {
      lock.unlock();
    }
    early.forEach(subscriber -> subscriber.accept(connection));
  }

  /** Runs one command and waits for its answer, at most for the configured time. */
  <T extends @Nullable Object> T run(
      Function<RedisAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) throws StoreException {
    StatefulRedisConnection<byte[], byte[]> connection = commands;
    if (connection == null) {
      throw new StoreException("Redis at " + address() + " has not been reached yet");
    }
    try {
      return command.apply(connection.async()).get(commandLimit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new StoreException("Redis: " + e.getCause(), e);
    } catch (TimeoutException | CancellationException e) {
      throw new StoreException(
          "Redis at " + address() + " gave no answer within " + commandLimit.toMillis() + " ms", e);
    } catch (RedisException e) {
      throw new StoreException("Redis: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while waiting for Redis", e);
    }
  }

  /**
   * Starts one command; its answer comes on any thread, within the configured time.
   *
   * @return fails with a {@link StoreException}
   */
  <T> CompletableFuture<T> start(
      Function<RedisAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
    StatefulRedisConnection<byte[], byte[]> connection = commands;
    if (connection == null) {
      return CompletableFuture.failedFuture(
          new StoreException("Redis at " + address() + " has not been reached yet"));
    }
    try {
      return command
          .apply(connection.async())
          .toCompletableFuture()
          .orTimeout(commandLimit.toNanos(), TimeUnit.NANOSECONDS)
          .exceptionallyCompose(failure ->
              CompletableFuture.failedFuture(new StoreException("Redis: " + failure, failure)));
    } catch (RedisException e) {
      return CompletableFuture.failedFuture(new StoreException("Redis: " + e.getMessage(), e));
    }
  }

  private void open() {
    try {
      while (!opened()) {
        if (closed.await(backoff.next().toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
      log.atInfo().addKeyValue("net_address", address()).log("Connected to Redis");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean opened() {
    try {
      if (listening == null) {
        listening(client.connectPubSub(ByteArrayCodec.INSTANCE, uri));
      }
      StatefulRedisConnection<byte[], byte[]> connection =
          client.connect(ByteArrayCodec.INSTANCE, uri);
      connection.addListener(new Reconnects());
      commands = connection;
      reconnectActions.forEach(Runnable::run);
      return true;
    } catch (RedisConnectionException e) {
      log.atWarn()
          .addKeyValue("net_address", address())
          .setCause(e)
          .log("Redis is not reachable, trying again");
      return false;
    }
  }

  private String address() {
    return uri.getSocket() != null
        ? uri.getSocket()
        : uri.getSentinels().isEmpty()
            ? uri.getHost() + ":" + uri.getPort()
            : "sentinel " + uri.getSentinelMasterId();
  }

  @Override
  public void close() {
    closed.countDown();
    client.shutdown(Duration.ZERO, SHUTDOWN_LIMIT);
    client
        .getResources()
        .shutdown(0, SHUTDOWN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly();
  }

  private final class Reconnects implements RedisConnectionStateListener {
    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
      log.atInfo().addKeyValue("net_address", address()).log("Connected to Redis again");
      reconnectActions.forEach(Runnable::run);
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
      if (closed.getCount() > 0) {
        log.atWarn().addKeyValue("net_address", address()).log("Lost the connection to Redis");
      }
    }
  }
}
