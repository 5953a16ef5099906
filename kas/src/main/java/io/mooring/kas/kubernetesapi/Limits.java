package io.mooring.kas.kubernetesapi;

import java.time.Duration;

/**
 * What a client may take, in time and in bytes.
 *
 * @param head from the first byte of a request, or from connecting, to the end of its head
 * @param idle between two requests
 * @param body without a byte of a body that is waited for
 * @param write without a byte taken of an answer that is neither a watch, a log nor upgraded
 * @param linger for what a client still sends after a connection's last answer
 * @param headBytes of the request line, and of all headers together
 */
record Limits(
    Duration head, Duration idle, Duration body, Duration write, Duration linger, int headBytes) {
  /**
   * Head and idle as the original has them. A body that pauses for a minute and an answer that
   * nobody reads for a quarter of an hour are lost clients; a reader that is only slow is none. The
   * original takes 1 MiB of headers; a quarter is enough for the longest command line of an exec,
   * and fits with all around it into a message of 4 MiB.
   */
  static final Limits STANDARD =
      new Limits(
          Duration.ofSeconds(10),
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ofMinutes(15),
          Duration.ofSeconds(5),
          256 * 1024);

  /** The shortest of the times. */
  Duration shortest() {
    Duration shortest = head;
    for (Duration each : new Duration[] {idle, body, write, linger}) {
      shortest = each.compareTo(shortest) < 0 ? each : shortest;
    }
    return shortest;
  }
}
