/**
 * What the agent shows of itself: metrics of its own and the log level of its configuration. Main
 * types: {@link io.mooring.agentk.observability.AgentMetrics}, {@link
 * io.mooring.agentk.observability.LoggingFeature}. Safe for any thread. The HTTP server is
 * protocol's.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.observability;
