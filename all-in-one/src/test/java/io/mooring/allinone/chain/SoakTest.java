package io.mooring.allinone.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.mooring.kas.KasFixture;
import io.mooring.kas.tunnel.AgentStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents come and go and watches begin and end, again and again: nothing may grow with their
 * number. The growth of a round is found by least squares over all of them, so that noise of one
 * does not decide.
 */
@Tag("fault-63")
class SoakTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Until everything that is made once is made, such as classes, caches and pools. */
  private static final int WARM_ROUNDS = 3;

  /**
   * One kept connection of an agent, or one kept watch with its TLS, costs 10 KB and more on the
   * heap; between two collections it differs by half a megabyte anyhow.
   */
  private static final int HEAP_BYTES_PER_EVENT = 4096;

  private static final int DIRECT_BYTES_PER_EVENT = 512;

  @TempDir Path directory;

  @Test
  void nothingGrows() throws Exception {
    soak(6, 40);
  }

  /** 100,000 connections and as many watches: left out unless asked for. */
  @Test
  @Tag("long")
  void nothingGrowsInTheLongRun() throws Exception {
    soak(200, 500);
  }

  private void soak(int rounds, int events) throws Exception {
    try (var server = new WatchServer();
        Chain chain = Chain.start(directory, Chain.plainKubeconfig(directory, server.port()))) {
      for (int i = 0; i < WARM_ROUNDS; i++) {
        round(chain, server, events);
      }
      Gauges before = Gauges.now();
      List<Gauges> samples = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        round(chain, server, events);
        await()
            .atMost(PATIENCE)
            .untilAsserted(() ->
                assertThat(Gauges.openDescriptors()).isLessThanOrEqualTo(before.descriptors()));
        samples.add(Gauges.now());
      }

      assertThat(Gauges.slope(samples, Gauges::heap))
          .as("heap %s", samples)
          .isLessThan(HEAP_BYTES_PER_EVENT * (double) events);
      assertThat(Gauges.slope(samples, Gauges::direct))
          .as("direct memory %s", samples)
          .isLessThan(DIRECT_BYTES_PER_EVENT * (double) events);
      assertThat(Gauges.slope(samples, Gauges::threads)).as("threads %s", samples).isLessThan(0.5);
      assertThat(Gauges.slope(samples, Gauges::descriptors))
          .as("descriptors %s", samples)
          .isLessThan(0.5);
    }
  }

  /** Half of the agents and watchers leave properly, the other half without a word. */
  private static void round(Chain chain, WatchServer server, int events) throws Exception {
    for (int i = 0; i < events; i++) {
      comeAndGo(chain, i % 2 == 0);
      chain.endpoint().watchOnce("/api/v1/pods?watch=true", i % 2 == 0);
    }
    await().atMost(PATIENCE).until(() -> server.open() == 0);
  }

  private static void comeAndGo(Chain chain, boolean properly) throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", chain.agentPort()).usePlaintext().build();
    try {
      var headers = new Metadata();
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Bearer " + KasFixture.TOKEN);
      AgentStream stream =
          AgentStream.silent(
              ClientInterceptors.intercept(
                  channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
      // Offers nothing that anybody would call: requests go to the real agent.
      stream.describe("nothing.Here", "Method");
      if (properly) {
        stream.cancel();
        var _ = stream.end();
      }
    } finally {
      channel.shutdownNow();
      assertThat(channel.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }
}
