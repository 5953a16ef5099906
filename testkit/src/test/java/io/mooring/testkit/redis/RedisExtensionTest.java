package io.mooring.testkit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@RealRedis
final class RedisExtensionTest {
  @Test
  void answersCommands(RedisServer redis) {
    assertThat(redis.command("SET", "k", "v")).isEqualTo("OK");
    assertThat(redis.command("GET", "k")).isEqualTo("v");
  }
}
