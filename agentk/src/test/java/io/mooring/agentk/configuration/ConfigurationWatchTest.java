package io.mooring.agentk.configuration;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.mooring.agentk.Times;
import io.mooring.agentk.kas.TestKas;
import io.mooring.agentk.worker.Workers;
import io.mooring.testkit.time.FakeClock;
import io.mooring.wire.agentcfg.AgentConfiguration;
import io.mooring.wire.agentconfiguration.rpc.ConfigurationRequest;
import io.mooring.wire.entity.AgentMeta;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ConfigurationWatchTest {
  private static final AgentMeta META =
      AgentMeta.newBuilder()
          .setVersion("v1")
          .setCommitId("c")
          .setPodNamespace("ns")
          .setPodName("pod")
          .build();

  private final FakeClock clock = new FakeClock();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<Throwable> crashes = new CopyOnWriteArrayList<>();
  private final Workers workers = new Workers(crashes::add);
  private TestKas kas;
  private ManagedChannel channel;

  @BeforeEach
  void begin() throws Exception {
    kas = TestKas.start();
    channel = NettyChannelBuilder.forAddress("localhost", kas.port()).usePlaintext().build();
    var watch =
        new ConfigurationWatch(
            channel, META, List.of(new Recording()), List.of(new Listening()), Times.of(clock));
    workers.start("watch", watch::run);
  }

  @AfterEach
  void end() {
    workers.close();
    channel.shutdownNow();
    kas.close();
    assertThat(crashes).isEmpty();
  }

  @Test
  @Tag("wire-38")
  void asksWithItsLastCommitAndWithoutRegistration() {
    kas.configurations().send("one", configuration(5));
    awaitSeen("identified 5 url", "prepared one", "taken one", "applied one");

    kas.configurations().end();

    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(kas.configurations().requests()).hasSize(2));
    assertThat(kas.configurations().requests())
        .containsExactly(
            ConfigurationRequest.newBuilder().setAgentMeta(META).setSkipRegister(true).build(),
            ConfigurationRequest.newBuilder()
                .setAgentMeta(META)
                .setSkipRegister(true)
                .setCommitId("one")
                .build());
  }

  @Test
  @Tag("wire-39")
  void skipsAConfigurationForAnotherAgentAndDoesNotAdvance() {
    kas.configurations().send("one", configuration(5));
    awaitSeen("identified 5 url", "prepared one", "taken one", "applied one");

    kas.configurations().send("two", configuration(6));
    kas.configurations()
        .send("three", configuration(5).toBuilder().setGitlabExternalUrl("other").build());
    kas.configurations().send("four", configuration(5).toBuilder().setProjectPath("four").build());
    awaitSeen(
        "identified 5 url",
        "prepared one",
        "taken one",
        "applied one",
        "prepared four",
        "taken four",
        "applied four");
  }

  @Test
  @Tag("wire-39")
  void keepsTheCommitOfTheLastOneItLookedAtWhenItSkips() {
    kas.configurations().send("one", configuration(5));
    awaitSeen("identified 5 url", "prepared one", "taken one", "applied one");

    kas.configurations().send("two", configuration(6));
    kas.configurations().end();

    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(kas.configurations().requests()).hasSize(2));
    assertThat(kas.configurations().requests().getLast().getCommitId()).isEqualTo("one");
  }

  @Test
  @Tag("wire-39")
  void keepsTheOldConfigurationWhenAFeatureRefusesANewOneAndAdvances() {
    kas.configurations().send("one", configuration(5));
    awaitSeen("identified 5 url", "prepared one", "taken one", "applied one");

    kas.configurations().send("bad", configuration(5).toBuilder().setProjectPath("bad").build());
    awaitSeen(
        "identified 5 url",
        "prepared one",
        "taken one",
        "applied one",
        "prepared bad",
        "rejected bad gitops.x: bad (expected: good)");
    kas.configurations().end();

    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(kas.configurations().requests()).hasSize(2));
    assertThat(kas.configurations().requests().getLast().getCommitId()).isEqualTo("bad");
  }

  @Test
  void backsOffAfterAnErrorAndComesBack() throws Exception {
    kas.configurations()
        .fail(Status.FAILED_PRECONDITION.withDescription("Config: config.yaml:3:1: nope"));
    awaitRequestsAndSleep();
    int failed = kas.configurations().requests().size();
    kas.configurations().recover();
    kas.configurations().send("one", configuration(5));

    clock.advance(Duration.ofSeconds(10));

    awaitSeen("identified 5 url", "prepared one", "taken one", "applied one");
    assertThat(kas.configurations().requests()).hasSize(failed + 1);
  }

  private void awaitRequestsAndSleep() throws Exception {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(kas.configurations().requests()).isNotEmpty());
    clock.awaitWaiting(1, SOON);
  }

  private void awaitSeen(String... expected) {
    await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactly(expected));
  }

  private static AgentConfiguration configuration(long agentId) {
    return AgentConfiguration.newBuilder()
        .setAgentId(agentId)
        .setProjectPath("one")
        .setGitlabExternalUrl("url")
        .build();
  }

  private final class Recording implements Feature {
    @Override
    public String name() {
      return "recording";
    }

    @Override
    public Change prepare(AgentConfiguration configuration) throws ConfigurationRejectedException {
      seen.add("prepared " + configuration.getProjectPath());
      if (configuration.getProjectPath().equals("bad")) {
        throw new ConfigurationRejectedException("gitops.x", "bad", "good");
      }
      return () -> seen.add("taken " + configuration.getProjectPath());
    }

    @Override
    public void stop() {}
  }

  private final class Listening implements ConfigurationListener {
    @Override
    public void identified(AgentIdentity identity) {
      seen.add("identified " + identity.agentId() + " " + identity.externalUrl());
    }

    @Override
    public void applied(String commitId) {
      seen.add("applied " + commitId);
    }

    @Override
    public void rejected(String commitId, ConfigurationRejectedException reason) {
      seen.add("rejected " + commitId + " " + reason.getMessage());
    }
  }
}
