package io.mooring.protocol.transport;

import java.time.Duration;

/** Pings that keep connections alive (wire.md 2.4). */
public final class Keepalive {
  /** Interval of a client's pings towards kas, also without active streams. */
  public static final Duration CLIENT = Duration.ofSeconds(55);

  /** Interval of kas's pings towards Gitaly, also without active streams. */
  public static final Duration GITALY_CLIENT = Duration.ofSeconds(20);

  /** Interval of kas's pings towards its clients. */
  public static final Duration SERVER = Duration.ofSeconds(50);

  /** How long an answer to a ping may take. */
  public static final Duration TIMEOUT = Duration.ofSeconds(20);

  /**
   * The same for a client of kas: with its interval no more than 70 s, so that it does not notice a
   * connection that died in silence later than kas does.
   */
  public static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(15);

  /** A client of kas that pings more often is sent away with {@code too_many_pings}. */
  public static final Duration SERVER_PERMITS = Duration.ofSeconds(20);

  /**
   * A client of Gitaly may ping as often as this, also without active calls (gitlab-side.md 8.1).
   */
  public static final Duration GITALY_PERMITS = Duration.ofSeconds(10);

  private Keepalive() {}
}
