/**
 * Threads of the agent and how they wait. Main types: {@link io.mooring.agentk.worker.Workers},
 * which owns them, and {@link io.mooring.agentk.worker.RetryLoop}. Knows nothing of what the
 * threads do.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.worker;
