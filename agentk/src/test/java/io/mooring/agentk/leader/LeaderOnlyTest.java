package io.mooring.agentk.leader;

import static io.mooring.agentk.Times.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mooring.agentk.configuration.ConfigurationRejectedException;
import io.mooring.agentk.configuration.Feature;
import io.mooring.agentk.worker.Workers;
import io.mooring.wire.agentcfg.AgentConfiguration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("wire-91")
class LeaderOnlyTest {
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final Semaphore gate = new Semaphore(1000);
  private final Workers workers = new Workers(crash -> done.add(crash.toString()));
  private final LeaderOnly feature = LeaderOnly.of(new Recording(), workers);

  @AfterEach
  void end() {
    workers.close();
  }

  @Test
  void startsWhenItLeadsAndHasAConfiguration() throws Exception {
    configure("a");
    feature.lead(true);
    awaitDone("take a");
  }

  @Test
  void startsAgainWithTheNewestConfigurationAfterLeadershipCameBack() throws Exception {
    configure("a");
    feature.lead(true);
    awaitDone("take a");
    feature.lead(false);
    awaitDone("take a", "stop");
    configure("b");
    configure("c");

    feature.lead(true);

    awaitDone("take a", "stop", "take c");
  }

  @Test
  void skipsConfigurationsThatWereOvertaken() throws Exception {
    gate.drainPermits();
    feature.lead(true);
    configure("a");
    await().atMost(SOON).until(gate::hasQueuedThreads);
    configure("b");
    configure("c");

    gate.release(1000);

    awaitDone("take a", "take c");
  }

  @Test
  void stopsTheFeatureWhenItIsStopped() throws Exception {
    configure("a");
    feature.lead(true);
    awaitDone("take a");

    feature.stop();

    assertThat(done).containsExactly("take a", "stop");
  }

  @Test
  void judgesAConfigurationWithoutLeading() {
    assertThatThrownBy(() -> configure("bad")).isInstanceOf(ConfigurationRejectedException.class);
  }

  private void configure(String project) throws ConfigurationRejectedException {
    feature.prepare(AgentConfiguration.newBuilder().setProjectPath(project).build()).take();
  }

  private void awaitDone(String... expected) {
    await().atMost(SOON).untilAsserted(() -> assertThat(done).containsExactly(expected));
  }

  private final class Recording implements Feature {
    @Override
    public String name() {
      return "recording";
    }

    @Override
    public Change prepare(AgentConfiguration configuration) throws ConfigurationRejectedException {
      if (configuration.getProjectPath().equals("bad")) {
        throw new ConfigurationRejectedException("path", "bad", "good");
      }
      return () -> {
        gate.acquireUninterruptibly();
        done.add("take " + configuration.getProjectPath());
      };
    }

    @Override
    public void stop() {
      done.add("stop");
    }
  }
}
