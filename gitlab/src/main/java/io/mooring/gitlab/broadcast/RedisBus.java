package io.mooring.gitlab.broadcast;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.mooring.gitlab.broadcast.Listeners.Listener;
import io.mooring.gitlab.http.Json;
import io.mooring.protocol.backoff.Backoff;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * The bus of several replicas: Redis' pub/sub in the layout of Rails' adapter (gitlab-side.md 6.5).
 * A virtual thread connects and keeps trying while Redis is not there; afterwards the client renews
 * both connections by itself. While Redis is gone, messages reach the listeners of this replica
 * alone. Listeners run on the client's thread.
 */
public final class RedisBus implements Bus {
  private static final Logger log = LoggerFactory.getLogger(RedisBus.class);
  private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(2);

  /** A document that other programs send; ours are far smaller. */
  private static final int MAX_MESSAGE = 1024 * 1024;

  private final RedisClient client;
  private final RedisURI uri;
  private final String prefix;
  private final Backoff backoff;
  private final Listeners listeners = new Listeners();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Stream, CompletableFuture<Void>> live = new HashMap<>();
  private final List<Runnable> gapActions = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable StatefulRedisPubSubConnection<String, String> listening;
  private volatile @Nullable StatefulRedisConnection<String, String> publishing;

  private RedisBus(RedisClient client, RedisURI uri, String channelPrefix, Backoff backoff) {
    this.client = client;
    this.uri = uri;
    this.prefix = channelPrefix.isEmpty() ? "" : channelPrefix + ":";
    this.backoff = backoff;
  }

  /**
   * A bus that connects in the background. Redis need not be there yet.
   *
   * @param client used by nobody else; closed with the bus
   * @param channelPrefix what Rails calls {@code channel_prefix}; may be empty
   */
  public static RedisBus open(
      RedisClient client, RedisURI uri, String channelPrefix, Backoff backoff) {
    var bus = new RedisBus(client, uri, channelPrefix, backoff);
    Thread.ofVirtual().name("broadcast-connect").start(bus::connect);
    return bus;
  }

  @Override
  public void publish(Stream stream, String json) {
    StatefulRedisConnection<String, String> connection = publishing;
    if (connection == null) {
      listeners.deliver(stream, json);
      return;
    }
    try {
      var _ =
          connection
              .async()
              .publish(prefix + stream.name(), json)
              .whenComplete((receivers, error) -> {
                if (error != null) {
                  deliverHere(stream, json, error);
                }
              });
    } catch (RedisException e) {
      deliverHere(stream, json, e);
    }
  }

  private void deliverHere(Stream stream, String json, Throwable reason) {
    log.atDebug()
        .addKeyValue("stream", stream.name())
        .setCause(reason)
        .log("Broadcast reaches this replica alone");
    listeners.deliver(stream, json);
  }

  @Override
  public Subscription subscribe(Stream stream, Consumer<String> receiver) {
    var listener = new Listener(receiver);
    CompletableFuture<Void> ready;
    lock.lock();
    try {
      if (listeners.add(stream, listener)) {
        ready = new CompletableFuture<>();
        live.put(stream, ready);
        send(stream, ready);
      } else {
        ready = live.getOrDefault(stream, CompletableFuture.completedFuture(null));
      }
    } finally {
      lock.unlock();
    }
    return new Subscription() {
      @Override
      public CompletableFuture<Void> live() {
        return ready;
      }

      @Override
      public void close() {
        unsubscribe(stream, listener);
      }
    };
  }

  /** Asks Redis for a stream; without a connection it is asked when there is one. */
  private void send(Stream stream, CompletableFuture<Void> ready) {
    StatefulRedisPubSubConnection<String, String> connection = listening;
    if (connection == null) {
      return;
    }
    try {
      var _ =
          connection
              .async()
              .subscribe(prefix + stream.name())
              .whenComplete((ignored, error) -> {
                if (error == null) {
                  ready.complete(null);
                }
              });
    } catch (RedisException e) {
      log.atDebug().addKeyValue("stream", stream.name()).setCause(e).log("Subscription waits");
    }
  }

  private void unsubscribe(Stream stream, Listener listener) {
    lock.lock();
    try {
      if (!listeners.remove(stream, listener)) {
        return;
      }
      live.remove(stream);
      StatefulRedisPubSubConnection<String, String> connection = listening;
      if (connection != null) {
        var _ = connection.async().unsubscribe(prefix + stream.name());
      }
    } catch (RedisException e) {
      log.atDebug().setCause(e).log("Subscription ends with the connection");
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onGap(Runnable action) {
    gapActions.add(action);
  }

  private void connect() {
    try {
      while (!connected()) {
        if (closed.await(backoff.next().toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
      log.atInfo().addKeyValue("net_address", address()).log("Connected to Redis for broadcasts");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean connected() {
    try {
      StatefulRedisPubSubConnection<String, String> pubSub = client.connectPubSub(uri);
      pubSub.addListener(new Messages());
      pubSub.addListener(new Reconnects());
      listening = pubSub;
      subscribeWaiting();
      publishing = client.connect(uri);
      return true;
    } catch (RedisConnectionException e) {
      log.atWarn()
          .addKeyValue("net_address", address())
          .setCause(e)
          .log("Redis is not reachable for broadcasts, trying again");
      return false;
    }
  }

  private void subscribeWaiting() {
    lock.lock();
    try {
      live.forEach((stream, ready) -> {
        if (!ready.isDone()) {
          send(stream, ready);
        }
      });
    } finally {
      lock.unlock();
    }
  }

  private String address() {
    return uri.getSocket() == null ? uri.getHost() + ":" + uri.getPort() : uri.getSocket();
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

  private final class Messages extends RedisPubSubAdapter<String, String> {
    @Override
    public void message(String channel, String message) {
      if (!channel.startsWith(prefix)) {
        return;
      }
      var stream = new Stream(channel.substring(prefix.length()));
      if (message.length() > MAX_MESSAGE || !isJson(message)) {
        log.atWarn().addKeyValue("stream", stream.name()).log("Broadcast is no JSON, dropped");
        return;
      }
      listeners.deliver(stream, message);
    }

    /** Anybody on this Redis may publish; what breaks the frame of a client must not go on. */
    private static boolean isJson(String message) {
      try {
        return !Json.MAPPER.readTree(message).isMissingNode();
      } catch (JacksonException e) {
        return false;
      }
    }
  }

  private final class Reconnects implements RedisConnectionStateListener {
    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
      log.atInfo().addKeyValue("net_address", address()).log("Connected to Redis again");
      subscribeWaiting();
      gapActions.forEach(Runnable::run);
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
      if (closed.getCount() > 0) {
        log.atWarn().addKeyValue("net_address", address()).log("Lost the connection to Redis");
      }
    }
  }
}
