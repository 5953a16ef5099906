package io.mooring.kas.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TunnelRegistryTest extends TunnelFixture {
  @Test
  @Tag("wire-47")
  void givesBackATunnelThatWasNotUsed() throws Exception {
    AgentStream agent = readyAgent();
    FoundTunnel found = registry.acquire(AGENT, AgentStream.METHOD).orElseThrow();
    assertThat(registry.acquire(AGENT, AgentStream.METHOD)).isEmpty();

    found.giveBack();

    Caller caller = call();
    agent.answer(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    found.giveBack();
    assertThat(registry.acquire(AGENT, AgentStream.METHOD)).as("used up").isEmpty();
    assertThat(readiness).containsExactly("ready 5", "not ready 5", "ready 5", "not ready 5");
  }

  @Test
  @Tag("wire-47")
  void givesAReturnedTunnelToWhoWaits() throws Exception {
    AgentStream agent = readyAgent();
    FoundTunnel found = registry.acquire(AGENT, AgentStream.METHOD).orElseThrow();
    Waiter waiter = new Waiter();
    registry.queue(AGENT, AgentStream.METHOD, waiter);

    found.giveBack();

    Caller caller = Caller.start(waiter.tunnel().call(AgentStream.METHOD), new Metadata());
    agent.answer(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    assertThat(readiness).containsExactly("ready 5", "not ready 5");
  }

  @Test
  void findsOnlyTunnelsThatOfferTheMethod() {
    AgentStream.silent(server.channel()).describe("some.Service", "Method");
    awaitReady(1);

    assertThat(registry.acquire(AGENT, AgentStream.METHOD)).isEmpty();
    assertThat(registry.acquire(AGENT, "some.Service/Other")).isEmpty();
    assertThat(registry.acquire(6, "some.Service/Method")).isEmpty();
    assertThat(registry.acquire(AGENT, "some.Service/Method")).isPresent();
  }

  @Test
  void givesANewTunnelToWhoWaitsForOne() throws Exception {
    Waiter other = new Waiter();
    Waiter waiter = new Waiter();
    registry.queue(AGENT, "some.Service/Method", other);
    registry.queue(AGENT, AgentStream.METHOD, waiter);

    AgentStream agent = AgentStream.open(server.channel());

    Caller caller = Caller.start(waiter.tunnel().call(AgentStream.METHOD), new Metadata());
    agent.answer(HELLO);
    assertThat(caller.next()).isEqualTo(HELLO);
    assertThat(readiness).as("it was never ready for others").isEmpty();
    assertThat(other.isTold()).isFalse();
    registry.close();
  }

  @Test
  void forgetsWhoStoppedToWait() {
    Waiter waiter = new Waiter();
    TunnelRegistry.Waiting waiting = registry.queue(AGENT, AgentStream.METHOD, waiter);

    waiting.cancel();
    AgentStream.open(server.channel());

    awaitReady(1);
    assertThat(waiter.isTold()).isFalse();
  }

  @Test
  void letsNoMoreWaitThanMayWait() throws Exception {
    List<TunnelRegistry.Waiting> waiting = new ArrayList<>();
    for (int i = 0; i < MAX_WAITING; i++) {
      waiting.add(registry.queue(AGENT, AgentStream.METHOD, new Waiter()));
    }
    Waiter late = new Waiter();

    registry.queue(AGENT, AgentStream.METHOD, late);

    assertThat(late.refusal().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    waiting.forEach(TunnelRegistry.Waiting::cancel);
  }

  @Test
  void refusesWhoWaitsAndEndsIdleTunnelsWhenItStops() throws Exception {
    AgentStream busy = readyAgent();
    Caller caller = call();
    AgentStream idle = readyAgent();
    Waiter waiter = new Waiter();
    registry.queue(6, AgentStream.METHOD, waiter);

    registry.close();

    Status refusal = waiter.refusal();
    assertThat(refusal.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refusal.getDescription()).isEqualTo("kas is shutting down");
    assertThat(idle.end()).isEqualTo(Status.OK);
    busy.answer(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    Waiter late = new Waiter();
    registry.queue(AGENT, AgentStream.METHOD, late);
    assertThat(late.refusal().getDescription()).isEqualTo("kas is shutting down");
  }

  @Test
  void endsWithOldAgeOnlyWhatIsNotInUse() throws Exception {
    AgentStream busy = readyAgent();
    Caller caller = call();
    AgentStream found = readyAgent();
    FoundTunnel tunnel = registry.acquire(AGENT, AgentStream.METHOD).orElseThrow();
    AgentStream idle = readyAgent();

    server.expire();

    assertThat(idle.end()).isEqualTo(Status.OK);
    assertThat(found.end()).isEqualTo(Status.OK);
    Caller late = Caller.start(tunnel.call(AgentStream.METHOD), new Metadata());
    assertThat(late.end().status().getCode()).isEqualTo(Status.Code.CANCELLED);
    assertThat(late.end().status().getDescription())
        .isEqualTo("ForwardStream() called on done stream");
    busy.answer(HELLO);
    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("fault-32")
  void refusesMoreTunnelsThanAnAgentMayHave() throws Exception {
    List<AgentStream> streams = new ArrayList<>();
    for (int i = 0; i < MAX_TUNNELS; i++) {
      streams.add(AgentStream.open(server.channel()));
    }
    awaitReady(MAX_TUNNELS);

    AgentStream extra = AgentStream.open(server.channel());

    assertThat(extra.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(extra.end().getDescription()).contains("agent 5 has 40 tunnels");
    assertThat(streams).allMatch(AgentStream::isOpen);
    Caller caller = call();
    await().until(() -> streams.stream().anyMatch(stream -> stream.waiting() > 0));
    streams.stream().filter(stream -> stream.waiting() > 0).forEach(stream -> stream.answer(HELLO));
    assertThat(caller.end().status()).isEqualTo(Status.OK);
    AgentStream.open(server.channel());
    awaitReady(MAX_TUNNELS);
    assertThat(registry.open()).isEqualTo(MAX_TUNNELS);
  }

  private static final class Waiter implements TunnelWaiter {
    private final BlockingQueue<FoundTunnel> tunnels = new LinkedBlockingQueue<>();
    private final BlockingQueue<Status> refusals = new LinkedBlockingQueue<>();

    @Override
    public void found(FoundTunnel tunnel) {
      tunnels.add(tunnel);
    }

    @Override
    public void refused(Status status) {
      refusals.add(status);
    }

    boolean isTold() {
      return !tunnels.isEmpty() || !refusals.isEmpty();
    }

    FoundTunnel tunnel() throws InterruptedException {
      return Optional.ofNullable(tunnels.poll(20, TimeUnit.SECONDS)).orElseThrow();
    }

    Status refusal() throws InterruptedException {
      return Optional.ofNullable(refusals.poll(20, TimeUnit.SECONDS)).orElseThrow();
    }
  }
}
