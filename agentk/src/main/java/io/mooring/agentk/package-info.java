/**
 * The agent: {@link io.mooring.agentk.Main} reads flags and environment, {@link
 * io.mooring.agentk.Agentk} wires the features and is the whole running agent. A feature is one
 * package below. Control flow is blocking code on virtual threads; every thread belongs to a {@link
 * io.mooring.agentk.worker.Workers}. Knows nothing of kas's code, only of the wire.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk;
