package io.mooring.testkit.leaks;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooring.testkit.kubernetes.ApiServer;
import io.mooring.testkit.kubernetes.RealKubernetes;
import io.mooring.testkit.kubernetes.TestNamespace;
import io.mooring.testkit.redis.RealRedis;
import io.mooring.testkit.redis.RedisServer;
import org.junit.jupiter.api.Test;

/** The testkit's own servers must never look like a leak of the test that uses them. */
@LeakCheck
@RealKubernetes
@RealRedis
final class LeakCheckExtensionTest {
  @Test
  void goesTogetherWithTheApiServer(ApiServer apiServer, TestNamespace namespace) {
    assertThat(apiServer.get("/api/v1/namespaces/" + namespace).status()).isEqualTo(200);
    assertThat(namespace.kubectl("get", "namespace", namespace.name())).contains("Active");
  }

  @Test
  void goesTogetherWithRedis(RedisServer redis) {
    redis.stop();
    redis.ensureRunning();

    assertThat(redis.command("PING")).isEqualTo("PONG");
  }
}
