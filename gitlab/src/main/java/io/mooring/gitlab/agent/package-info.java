/**
 * Agents: their registration, their tokens, whom they serve and what they last said. Main types:
 * {@link io.mooring.gitlab.agent.Agents}, {@link io.mooring.gitlab.agent.AgentTokens}, {@link
 * io.mooring.gitlab.agent.AgentStates}. Runs on request threads; knows nothing of how kas is
 * called.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.gitlab.agent;
