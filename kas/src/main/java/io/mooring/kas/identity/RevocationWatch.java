package io.mooring.kas.identity;

import io.grpc.StatusException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Looks again and again at the tokens for which something runs, so that a revoked one is noticed
 * soon, and not only when the agent calls again. Every token has its turn in each round; a round
 * takes three quarters of a minute; longer with so many tokens that GitLab would be asked too
 * often, but never longer than answers are believed. One virtual thread, and one for each look.
 */
public final class RevocationWatch implements AutoCloseable {
  /** Leaves a quarter of a minute for the call that notices and for the end of the streams. */
  private static final Duration ROUND = Duration.ofSeconds(45);

  /** Ten calls a second: a fifth of what kas allows itself towards GitLab. */
  private static final Duration MIN_SPACING = Duration.ofMillis(100);

  /** How soon the first token is noticed. */
  private static final Duration IDLE = Duration.ofSeconds(5);

  /** Calls at one time; more would only wait behind each other at a GitLab that is slow. */
  private static final int MAX_CALLS = 8;

  private final OpenCalls calls;
  private final AgentLookup agents;
  private final Duration ttl;
  private final Semaphore looking = new Semaphore(MAX_CALLS);
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Begins to watch.
   *
   * @param agents asks GitLab each time, and revokes what runs for a token that is refused
   * @param ttl how long other answers about a token are believed
   */
  public RevocationWatch(OpenCalls calls, AgentLookup agents, Duration ttl) {
    this.calls = calls;
    this.agents = agents;
    this.ttl = ttl;
    Thread.ofVirtual().name("revocations").start(this::run);
  }

  private void run() {
    try {
      boolean ended;
      do {
        ended = round();
      } while (!ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks at every token once, and tells whether this was closed meanwhile. */
  private boolean round() throws InterruptedException {
    List<AgentToken> tokens = calls.tokens();
    Duration spacing = spacing(tokens.size(), ttl);
    for (AgentToken token : tokens) {
      if (closed.await(spacing.toNanos(), TimeUnit.NANOSECONDS)) {
        return true;
      }
      looking.acquire();
      Thread.ofVirtual()
          .name("revocation")
          .start(() -> {
            try {
              look(token);
            } finally {
              looking.release();
            }
          });
    }
    Duration idle = spacing.compareTo(IDLE) < 0 ? spacing : IDLE;
    return tokens.isEmpty() && closed.await(idle.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Time between two looks. */
  static Duration spacing(int tokens, Duration ttl) {
    int divisor = Math.max(1, tokens);
    Duration wanted = longest(ROUND.dividedBy(divisor), MIN_SPACING);
    // Without a cache no answer is believed for longer than it takes to ask again.
    Duration allowed = ttl.isZero() ? wanted : ttl.multipliedBy(2).dividedBy(3L * divisor);
    return wanted.compareTo(allowed) < 0 ? wanted : allowed;
  }

  private static Duration longest(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /** One look at every token. */
  void look() {
    calls.tokens().forEach(this::look);
  }

  /** A refusal has ended its RPCs when this returns; a failure of GitLab ends nothing. */
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
