/**
 * Serves RPCs of kas through streams that the agent keeps open (tunnel.md 2).
 *
 * <p>Main type: {@link io.mooring.agentk.tunnel.TunnelPool}. Everything happens on one event loop,
 * which nothing here blocks; services are called on it and must not block it either. Messages are
 * opaque bytes until a service's own marshaller reads them. Knows nothing of what the services do.
 */
@org.jspecify.annotations.NullMarked
package io.mooring.agentk.tunnel;
