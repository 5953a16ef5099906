/**
 * The connection to kas. Main type: {@link io.mooring.agentk.connection.KasConnection}: every RPC
 * of the agent goes through its channel, which adds token, headers, compression, validation and
 * metrics. Safe for any thread. Knows no service.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.connection;
