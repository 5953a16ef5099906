package io.mooring.testkit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.testkit.TestkitException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@RealRedis
final class RedisExtensionTest {
  private static final int SHORT_MILLIS = 200;

  @RepeatedTest(2)
  void isEmptyAtTheStartOfEachTest(RedisServer redis) {
    assertThat(redis.command("GET", "k")).isEmpty();
    assertThat(redis.command("SET", "k", "v")).isEqualTo("OK");
    assertThat(redis.command("GET", "k")).isEqualTo("v");
  }

  @RepeatedTest(2)
  void runsAtTheStartOfEachTestEvenIfItWasStopped(RedisServer redis) {
    assertThat(redis.isRunning()).isTrue();
    assertThat(redis.command("PING")).isEqualTo("PONG");
    redis.stop();
  }

  @Test
  void keepsItsPortOverAKill(RedisServer redis) throws Exception {
    assertThat(ping(redis)).isEqualTo("+PONG");

    redis.kill();
    assertThatThrownBy(() -> ping(redis)).isInstanceOf(ConnectException.class);
    redis.ensureRunning();

    assertThat(ping(redis)).isEqualTo("+PONG");
  }

  @Test
  void answersNothingWhilePaused(RedisServer redis) throws Exception {
    redis.pause();
    try {
      assertThatThrownBy(() -> ping(redis)).isInstanceOf(SocketTimeoutException.class);
    } finally {
      redis.resume();
    }

    assertThat(ping(redis)).isEqualTo("+PONG");
  }

  @Test
  void reportsARefusedCommand(RedisServer redis) {
    assertThatThrownBy(() -> redis.command("NOSUCH"))
        .isInstanceOf(TestkitException.class)
        .hasMessageContaining("NOSUCH");
  }

  @Test
  void startsServersOfTheirOwnWithOptions() {
    try (var own = RedisServer.start("--requirepass", "secret")) {
      assertThatThrownBy(() -> own.command("GET", "k")).cause().hasMessageContaining("NOAUTH");
    }
  }

  private static String ping(RedisServer redis) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
      socket.setSoTimeout(SHORT_MILLIS);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
    }
  }
}
