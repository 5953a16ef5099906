package io.mooring.kas.tunnel;

/**
 * Is told which agents have a ready tunnel here. Called in order, under the lock of the registry,
 * so it must return at once.
 */
public interface ReadyAgents {
  /** The agent has a ready tunnel now and had none before. */
  void ready(long agentId);

  /** The last ready tunnel of the agent was taken or is gone. */
  void notReady(long agentId);
}
