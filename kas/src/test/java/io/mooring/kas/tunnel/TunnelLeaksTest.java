package io.mooring.kas.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.mooring.testkit.leaks.LeakCheck;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@LeakCheck(allowedThreads = {"grpc-"})
class TunnelLeaksTest extends TunnelFixture {
  @Test
  void leavesNothingBehindHoweverStreamsEnd() throws Exception {
    List<Caller> callers = new ArrayList<>();
    for (int round = 0; round < 40; round++) {
      AgentStream agent = readyAgent();
      Caller caller = call().send(HELLO);
      callers.add(caller);
      agent.next();
      switch (round % 4) {
        case 0 -> agent.answer(HELLO);
        case 1 -> caller.cancel("enough");
        case 2 -> agent.cancel();
        default -> agent.message(HELLO);
      }
    }

    for (Caller caller : callers) {
      assertThat(caller.end().status()).isNotNull();
    }
    assertThat(callers.getFirst().end().status()).isEqualTo(Status.OK);
  }
}
