package io.mooring.agentk.kubernetesapi;

/** How a proxied request ended. */
public enum RequestOutcome {
  /** With an answer of the API server, whatever its status. */
  ANSWERED,
  /** After a connection with another protocol, in good order. */
  UPGRADED,
  /** Without an answer, or in the middle of one. */
  FAILED,
  /** Whoever asked did not want it any more. */
  CANCELLED
}
