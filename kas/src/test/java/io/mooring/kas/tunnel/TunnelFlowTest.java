package io.mooring.kas.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelFlowTest extends TunnelFixture {
  @ParameterizedTest
  @Tag("wire-48")
  @ValueSource(ints = {0, 1, 5, 1_000, 16_384, 65_536, 1_000_000, 4_000_000})
  void carriesMessagesOfEverySizeUnchanged(int size) throws Exception {
    ByteString upwards = bytes(size, 1);
    ByteString downwards = bytes(size, 2);
    AgentStream agent = readyAgent();
    Caller caller = call();
    agent.next();

    caller.send(upwards).send(HELLO).halfClose();
    agent.header(Map.of()).message(downwards).message(HELLO);

    assertThat(agent.next().getMessage().getData().equals(upwards)).isTrue();
    assertThat(agent.next().getMessage().getData()).isEqualTo(HELLO);
    assertThat(caller.next().equals(downwards)).isTrue();
    assertThat(caller.next()).isEqualTo(HELLO);
    agent.trailer(Map.of()).halfClose();
    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  @Test
  @Tag("fault-28")
  void readsNoMoreOfTheAgentThanItsCallerTakes() throws Exception {
    AgentStream stalled = readyAgent();
    Caller slow = Caller.start(tunnel().call(AgentStream.METHOD), new Metadata(), 0);
    stalled.next();
    stalled.header(Map.of());
    int sent = sendUntilFull(stalled::isReady, () -> stalled.message(bytes(16_384, 3)));

    assertThat(sent).as("the window and what one message fills").isLessThan(200);
    assertThat(slow.waiting()).isZero();
    AgentStream other = readyAgent();
    Caller quick = call();
    other.answer(HELLO);
    assertThat(quick.end().status()).as("on the same connection").isEqualTo(Status.OK);

    slow.request(Integer.MAX_VALUE);
    stalled.trailer(Map.of()).halfClose();
    assertThat(slow.end().status()).isEqualTo(Status.OK);
    assertThat(slow.waiting()).isEqualTo(sent);
  }

  @Test
  @Tag("fault-28")
  void takesNoMoreOfTheCallerThanTheAgentReads() throws Exception {
    AgentStream stalled = AgentStream.openAndRead(server.channel(), 1);
    awaitReady(1);
    Caller caller = call();
    stalled.next();
    int sent = sendUntilFull(caller::isReady, () -> caller.send(bytes(16_384, 4)));

    assertThat(sent).as("the window and what one message fills").isLessThan(200);
    stalled.read(Integer.MAX_VALUE);
    for (int i = 0; i < sent; i++) {
      assertThat(stalled.next().getMessage().getData().size()).isEqualTo(16_384);
    }
    await().until(caller::isReady);
    stalled.answer();
    assertThat(caller.end().status()).isEqualTo(Status.OK);
  }

  /** Sends until the other end has not taken anything for a while. */
  private static int sendUntilFull(BooleanSupplier ready, Runnable send) {
    int sent = 0;
    while (becomesTrue(ready) && sent < 10_000) {
      send.run();
      sent++;
    }
    return sent;
  }

  private static boolean becomesTrue(BooleanSupplier condition) {
    try {
      await()
          .atMost(Duration.ofMillis(300))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .until(condition::getAsBoolean);
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }

  private static ByteString bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
