package io.mooring.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooring.testkit.process.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BadNetworkTest {
  private static final String ENDED = "mooring-4194999-near";

  @BeforeEach
  void needRoot() {
    Optional<String> obstacle = BadNetwork.obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle::orElseThrow);
  }

  @Test
  void delaysEveryRoundTrip() throws Exception {
    try (var echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        var network = BadNetwork.towards(echo.getLocalPort(), new Random(1))) {
      Thread.ofVirtual().start(() -> answerOne(echo));
      try (var client = new Socket(InetAddress.getLoopbackAddress(), network.port())) {
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
        network.faults(Faults.NONE.withDelay(Duration.ofMillis(200)));
        Instant before = Instant.now();

        client.getOutputStream().write(2);

        assertThat(client.getInputStream().read()).isEqualTo(2);
        assertThat(Duration.between(before, Instant.now()))
            .isGreaterThanOrEqualTo(Duration.ofMillis(400));
      }
    }
  }

  @Test
  void removesWhatItMadeAndWhatAKilledProcessLeft() throws Exception {
    var _ = Command.of("ip", "netns", "add", ENDED).output();
    try (var echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        var network = BadNetwork.towards(echo.getLocalPort(), new Random(1))) {
      assertThat(network.port()).isPositive();
      assertThat(namespaces()).doesNotContain(ENDED).contains("mooring-");
    }
    assertThat(namespaces()).doesNotContain("mooring-" + ProcessHandle.current().pid() + "-");
  }

  private static String namespaces() {
    return Command.of("ip", "netns", "list").output();
  }

  private static void answerOne(ServerSocket echo) {
    try (Socket client = echo.accept()) {
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // The test is over.
    }
  }
}
