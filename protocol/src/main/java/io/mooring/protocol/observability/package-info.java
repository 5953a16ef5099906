/**
 * Logs, metrics and probes in the one form that every program has (redis-observability.md 4-6).
 * Main types: {@link io.mooring.protocol.observability.ObservabilityServer}, {@link
 * io.mooring.protocol.observability.JsonLogs}, {@link
 * io.mooring.protocol.observability.GrpcMetrics}. Safe for any thread; probes run on virtual
 * threads. Knows nothing of what is measured.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.protocol.observability;
