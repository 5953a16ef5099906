package io.mooring.protocol.websocket;

import java.util.random.RandomGenerator;

/** Which end of the connection this is. */
sealed interface Role {
  /** With which code it closes when gRPC is done (wire.md 2.7). */
  int closeCode();

  /** For errors: who is at the other end. */
  String peer();

  /**
   * The end that dialled; it masks what it sends.
   *
   * @param keys cannot be guessed (RFC 6455 10.3)
   */
  record Client(RandomGenerator keys) implements Role {
    @Override
    public int closeCode() {
      return CloseReason.NORMAL;
    }

    @Override
    public String peer() {
      return "kas";
    }
  }

  /** The end that listens. It closes when it goes away or sends the connection away. */
  record Server() implements Role {
    @Override
    public int closeCode() {
      return CloseReason.GOING_AWAY;
    }

    @Override
    public String peer() {
      return "the agent";
    }
  }
}
