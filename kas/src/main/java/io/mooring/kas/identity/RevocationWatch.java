package io.mooring.kas.identity;

import io.grpc.StatusException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks again and again at the tokens for which something runs, so that a revoked one is noticed
 * when its cached answer expires and not only when the agent calls again. Costs GitLab one call for
 * each token and time to live. One virtual thread.
 */
public final class RevocationWatch implements AutoCloseable {
  private static final Duration OFTEN = Duration.ofSeconds(10);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final OpenCalls calls;
  private final AgentLookup agents;
  private final Duration period;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Begins to watch.
   *
   * @param agents remembers good answers, and revokes what runs for a token that is refused
   * @param ttl how long it remembers
   */
  public RevocationWatch(OpenCalls calls, AgentLookup agents, Duration ttl) {
    this.calls = calls;
    this.agents = agents;
    // Without a cache every look is a call to GitLab.
    this.period = ttl.compareTo(MINUTE) < 0 ? MINUTE : OFTEN;
    Thread.ofVirtual().name("revocations").start(this::run);
  }

  private void run() {
    try {
      while (!closed.await(period.toNanos(), TimeUnit.NANOSECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One look at every token. */
  void look() {
    for (AgentToken token : calls.tokens()) {
      if (!look(token) && closed.getCount() == 0) {
        return;
      }
    }
  }

  /**
   * Whether it is still good; a refusal has ended its RPCs by then, a failure of GitLab ends
   * nothing.
   */
  private boolean look(AgentToken token) {
    try {
      return agents.agent(token).agentId() > 0;
    } catch (StatusException e) {
      return false;
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
