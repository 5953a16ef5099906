package io.mooring.agentk.doctor;

import java.util.Locale;

/** What is looked at, in this order. The names are part of the stable JSON output. */
public enum Check {
  /** The address of kas is one. */
  ADDRESS,
  /** Which proxy of the environment is on the way. */
  PROXY,
  /** The name to connect to has addresses. */
  DNS,
  /** One of them takes connections. */
  TCP,
  /** The proxy opens a way. */
  CONNECT,
  /** TLS with kas. */
  TLS,
  /** The WebSocket opens. */
  WEBSOCKET,
  /** HTTP/2 is spoken. */
  HTTP2,
  /** An answer comes while the request is not over. */
  STREAM,
  /** kas takes the token. */
  TOKEN,
  /** The configuration of the agent. */
  CONFIGURATION,
  /** Versions of kas and agent fit. */
  VERSION,
  /** The API server answers. */
  CLUSTER,
  /** What the agent may do in the cluster. */
  RIGHTS,
  /** This clock and those of the others agree. */
  CLOCK;

  /** As it is shown. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
