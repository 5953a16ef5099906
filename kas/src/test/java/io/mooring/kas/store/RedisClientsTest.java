package io.mooring.kas.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.mooring.kas.config.RedisSettings;
import io.mooring.testkit.certificates.CertificateAuthority;
import io.mooring.testkit.certificates.CertificateAuthority.Identity;
import io.mooring.testkit.process.SparePort;
import io.mooring.testkit.redis.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisClientsTest {
  private static final Key KEY = Key.named("x");

  @TempDir Path directory;

  @Test
  void provesItselfWithAPasswordUsedAsItIs() throws Exception {
    Path password = Files.writeString(directory.resolve("password"), "pass\nword\n");
    try (RedisServer redis = RedisServer.start("--requirepass", "pass\nword\n");
        Store store =
            open(redis.address(), Optional.empty(), Optional.of(password), Optional.empty())) {
      awaitWrite(store);
    }
  }

  @Test
  void provesItselfAsAUserOfTheAcl() throws Exception {
    Path password = Files.writeString(directory.resolve("password"), "of-kas");
    try (RedisServer redis =
            RedisServer.start(
                "--user", "kas", "on", ">of-kas", "~*", "&*", "+@all", "--user", "default", "off");
        Store store =
            open(redis.address(), Optional.of("kas"), Optional.of(password), Optional.empty())) {
      awaitWrite(store);
    }
  }

  @Test
  void speaksTlsWithAServerOfTheGivenAuthority() throws Exception {
    CertificateAuthority authority = CertificateAuthority.create(directory, "test");
    Identity identity = authority.server("redis", "redis", "DNS:localhost", "IP:127.0.0.1");
    Identity client = authority.client("kas", "/CN=kas");
    int port = SparePort.find();
    RedisSettings.Tls tls =
        new RedisSettings.Tls(
            Optional.of(client.certificate()),
            Optional.of(client.key()),
            Optional.of(authority.certificate()));
    try (RedisServer redis =
            RedisServer.start(
                "--tls-port", Integer.toString(port),
                "--tls-cert-file", identity.certificate().toString(),
                "--tls-key-file", identity.key().toString(),
                "--tls-ca-cert-file", authority.certificate().toString());
        Store store =
            open("localhost:" + port, Optional.empty(), Optional.empty(), Optional.of(tls))) {
      awaitWrite(store);
      assertThat(redis.isRunning()).isTrue();
    }
  }

  @Test
  @Tag("fault-41")
  void saysThatRedisIsFull() throws Exception {
    try (RedisServer redis = RedisServer.start("--maxmemory", "1");
        Store store = open(redis.address(), Optional.empty(), Optional.empty(), Optional.empty())) {
      awaitPing(store);

      assertThatThrownBy(() -> store.values().set(KEY, ByteString.EMPTY, Duration.ofMinutes(1)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("OOM");
      assertThatThrownBy(() -> store.counters().tryIncrement(KEY, 10, Duration.ofMinutes(1)))
          .isInstanceOf(StoreException.class);
    }
  }

  private static void awaitWrite(Store store) throws StoreException {
    awaitPing(store);
    store.values().set(KEY, ByteString.EMPTY, Duration.ofMinutes(1));
  }

  private static void awaitPing(Store store) {
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreException(StoreException.class)
        .until(() -> {
          store.ping();
          return true;
        });
  }

  private static Store open(
      String address,
      Optional<String> user,
      Optional<Path> password,
      Optional<RedisSettings.Tls> tls) {
    return RedisStore.open(
        new RedisSettings(
            new RedisSettings.Standalone(address),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            "gitlab-kas",
            user,
            password,
            "tcp",
            tls,
            0),
        InstantSource.system(),
        new Random(1));
  }
}
