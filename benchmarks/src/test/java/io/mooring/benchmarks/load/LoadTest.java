package io.mooring.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.benchmarks.loopback.Loops;
import io.mooring.benchmarks.standin.ClusterStandIn;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadTest {
  private final Loops loops = new Loops();
  private final ClusterStandIn cluster = ClusterStandIn.start(loops);
  private final Endpoint endpoint = Endpoint.open("direct", cluster.portNumber());

  @AfterEach
  void stop() {
    cluster.close();
    loops.close();
  }

  @Test
  void bulkBodiesArriveWhole() throws Exception {
    assertThat(Bulk.down(endpoint, 10_000_000)).isPositive();
    assertThat(Bulk.up(endpoint, 10_000_000)).isPositive();
  }

  @Test
  void everyWatchGetsItsEvents() throws Exception {
    Latencies latencies = new Latencies();

    try (Crowd watches = Crowds.watches(5, endpoint, latencies)) {
      long deadline = System.nanoTime() + 20_000_000_000L;
      while (latencies.count() < 10 && System.nanoTime() < deadline) {
        LockSupport.parkNanos(10_000_000);
      }
      watches.check();
    }

    assertThat(latencies.count()).isGreaterThanOrEqualTo(10);
    assertThat(latencies.percentileMillis(99)).isBetween(0.0, 20_000.0);
  }

  @Test
  void sessionsSwitchProtocolsAndLast() throws Exception {
    try (Crowd sessions = Crowds.sessions(3, endpoint)) {
      sessions.check();
    }
  }

  @Test
  void aRunWithErrorsIsNoRun() {
    String output = "FIGURES requests=10 micros=1000000 p50=5 p99=9 errors=0 refused=3";

    assertThatThrownBy(() -> Wrk.parse(endpoint, output))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("3 were answered with an error");
  }

  @Test
  void readsTheFiguresOfWrk() throws Exception {
    String output = "noise\nFIGURES requests=10 micros=2000000 p50=5 p99=9 errors=0 refused=0\n";

    Wrk.Result result = Wrk.parse(endpoint, output);

    assertThat(result.rate()).isEqualTo(5.0);
    assertThat(result.p99Micros()).isEqualTo(9.0);
  }
}
