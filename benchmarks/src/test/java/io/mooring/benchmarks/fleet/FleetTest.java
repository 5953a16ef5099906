package io.mooring.benchmarks.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooring.benchmarks.loopback.Loops;
import io.mooring.benchmarks.program.KasFiles;
import io.mooring.benchmarks.standin.AgentTokens;
import io.mooring.benchmarks.standin.GitLabStandIn;
import io.mooring.benchmarks.standin.GitalyStandIn;
import io.mooring.kas.Kas;
import io.mooring.kas.config.KasConfigurationFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Loops loops = new Loops();
  @TempDir Path directory;
  private GitalyStandIn gitaly;
  private GitLabStandIn gitlab;
  private KasFiles files;
  private Kas kas;

  @BeforeEach
  void startKas() throws Exception {
    gitaly = GitalyStandIn.start(loops);
    gitlab = GitLabStandIn.start(loops, gitaly.address());
    files = KasFiles.of(directory, "kas", gitlab.url(), Optional.empty());
    kas = Kas.start(KasConfigurationFile.read(files.write()).configuration());
  }

  @AfterEach
  void stop() {
    kas.close();
    gitlab.close();
    gitaly.close();
    loops.close();
  }

  @Test
  void aHundredAgentsConnectRegisterAndOfferTwoTunnelsEach() throws Exception {
    try (Fleet fleet = fleet(100)) {
      boolean all = fleet.awaitAll(PATIENCE);

      assertThat(all).as("%s", fleet.census()).isTrue();
      assertThat(fleet.census().idleTunnels()).isEqualTo(200);
      assertThat(gitlab.calls("agent_info")).isEqualTo(100);
      assertThat(gitlab.mostLookupsOfOneAgent()).isEqualTo(1);
    }
  }

  @Test
  void aFleetComesBackAfterKasWasStartedAgain() throws Exception {
    try (Fleet fleet = fleet(20)) {
      assertThat(fleet.awaitAll(PATIENCE)).isTrue();
      long before = System.nanoTime();

      kas.close();
      boolean lost = fleet.await(census -> census.present() == 0, PATIENCE);
      kas = Kas.start(KasConfigurationFile.read(files.write()).configuration());

      assertThat(lost).isTrue();
      assertThat(fleet.awaitAll(PATIENCE)).as("%s", fleet.census()).isTrue();
      assertThat(fleet.presentAfter(before)).hasSize(20);
      assertThat(fleet.census().lost()).isEqualTo(20);
    }
  }

  @Test
  void refusesToLeaveTheMachine() {
    assertThatThrownBy(
            () -> new Fleet.Plan(new InetSocketAddress("192.0.2.1", 8150), List.of(), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("192.0.2.1")
        .hasMessageContaining("loopback");
  }

  private Fleet fleet(int agents) {
    return Fleet.start(
        new Fleet.Plan(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), files.agentPort()),
            LongStream.rangeClosed(1, agents).mapToObj(AgentTokens::of).toList(),
            200),
        loops,
        InstantSource.system(),
        new Random(7));
  }
}
