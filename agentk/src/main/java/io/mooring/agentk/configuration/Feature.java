package io.mooring.agentk.configuration;

import io.mooring.wire.agentcfg.AgentConfiguration;

/** A part of the agent that follows the configuration. */
public interface Feature extends AutoCloseable {
  /** Name for logs; those of modules.md. */
  String name();

  /**
   * Fills in defaults and judges. Nothing changes yet.
   *
   * @throws ConfigurationRejectedException when the feature cannot work with it
   */
  Change prepare(AgentConfiguration configuration) throws ConfigurationRejectedException;

  /** Stops all that the feature does, and waits until it has. It can be given a change again. */
  void stop();

  /** The same: a feature holds nothing else. */
  @Override
  default void close() {
    stop();
  }

  /** A configuration that was found good. */
  @FunctionalInterface
  interface Change {
    /** From now on the feature works with it; what did not change in it keeps running. */
    void take();
  }
}
