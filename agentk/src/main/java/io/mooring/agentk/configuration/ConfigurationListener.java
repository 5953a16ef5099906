package io.mooring.agentk.configuration;

/** Hears what becomes of configurations. Called by the thread of the watch; must not block. */
public interface ConfigurationListener {
  /** The first configuration told who this agent is; called once, before anything is applied. */
  default void identified(AgentIdentity identity) {}

  /** Every feature works with the configuration of this commit. */
  default void applied(String commitId) {}

  /** The configuration of this commit was refused and the one before stays. */
  default void rejected(String commitId, ConfigurationRejectedException reason) {}
}
