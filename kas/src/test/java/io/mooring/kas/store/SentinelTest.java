package io.mooring.kas.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.mooring.kas.config.RedisSettings;
import io.mooring.testkit.process.ChildProcess;
import io.mooring.testkit.process.SparePort;
import io.mooring.testkit.redis.RealRedis;
import io.mooring.testkit.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master, a replica, and a real sentinel that promotes it. */
@RealRedis
class SentinelTest {
  private static final Duration BOUND = Duration.ofSeconds(40);
  private static final Key KEY = Key.named("x");

  @Test
  @Tag("fault-41")
  void followsTheMasterThatASentinelPromotes(@TempDir Path directory) throws Exception {
    int port = SparePort.find();
    try (RedisServer master = RedisServer.start("--repl-diskless-sync-delay", "0");
        RedisServer replica =
            RedisServer.start("--replicaof", "127.0.0.1", Integer.toString(master.port()))) {
      await()
          .atMost(BOUND)
          .until(() -> master.command("INFO", "replication").contains("state=online"));
      try (ChildProcess sentinel = sentinel(directory, port, master);
          RedisStore store = open(directory, port)) {
        await().atMost(BOUND).until(() -> Files.readString(sentinel.log()).contains("+slave"));
        List<ByteString> heard = new CopyOnWriteArrayList<>();
        AtomicInteger reconnects = new AtomicInteger();
        store.events().listen(heard::add);
        store.onReconnect(reconnects::incrementAndGet);
        awaitWrite(store, "before");
        assertThat(master.command("GET", "gitlab-kas:x")).isEqualTo("before");

        master.kill();

        awaitWrite(store, "after");
        assertThat(replica.command("GET", "gitlab-kas:x")).isEqualTo("after");
        assertThat(reconnects.get()).as("agents are written again").isPositive();
        await()
            .atMost(BOUND)
            .ignoreException(StoreException.class)
            .until(() -> {
              store.events().publish(ByteString.copyFromUtf8("push"));
              return !heard.isEmpty();
            });
      }
    }
  }

  private static ChildProcess sentinel(Path directory, int port, RedisServer master)
      throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("sentinel.conf"),
            """
            port %d
            bind 127.0.0.1
            requirepass of-the-sentinels
            sentinel monitor kas-master 127.0.0.1 %d 1
            sentinel down-after-milliseconds kas-master 500
            sentinel failover-timeout kas-master 3000
            """
                .formatted(port, master.port()));
    return ChildProcess.start(
        "redis-sentinel",
        directory,
        Map.of(),
        List.of("redis-server", file.toString(), "--sentinel"));
  }

  private static RedisStore open(Path directory, int port) throws IOException {
    Path password = Files.writeString(directory.resolve("password"), "of-the-sentinels");
    return RedisStore.open(
        new RedisSettings(
            new RedisSettings.Sentinel(
                "kas-master", List.of("127.0.0.1:" + port), Optional.of(password)),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            "gitlab-kas",
            Optional.empty(),
            Optional.empty(),
            "tcp",
            Optional.empty(),
            0),
        InstantSource.system(),
        new Random(1));
  }

  private static void awaitWrite(Store store, String value) {
    await()
        .atMost(BOUND)
        .ignoreException(StoreException.class)
        .until(() -> {
          store.values().set(KEY, ByteString.copyFromUtf8(value), Duration.ofMinutes(1));
          return true;
        });
  }
}
